"""Closed word lists of the answer matcher: numbers, months, units, stop words, related names."""

from __future__ import annotations

__all__ = [
    "ABBREVIATIONS",
    "CARDINALS",
    "CONFUSABLE",
    "CURRENCIES",
    "GENERIC_WORDS",
    "MAGNITUDES",
    "MEASURE_WORDS",
    "MONTHS",
    "OPPOSITES",
    "ORDINALS",
    "RELATED",
    "ROMAN_NUMERALS",
    "STOP_WORDS",
    "TWO_WORD_NAMES",
    "UNITS",
    "words",
]


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in order: how the lists here are written."""
    return tuple(text.split())


_ONES = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
CARDINALS: dict[str, int] = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
MAGNITUDES: dict[str, float] = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "mn": 1e6,
    "bn": 1e9,
}
_FIRST = words(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINALS: dict[str, int] = {word: value for value, word in enumerate(_FIRST)} | {
    word[:-1] + "ieth": 10 * value for value, word in enumerate(_TENS, start=2)
}
# "i", "v", "x", "l", "c", "d", "m", "mi" and "di" are left out: they are also words or initials.
ROMAN_NUMERALS: dict[str, int] = {
    word: value
    for value, word in enumerate(
        words("ii iii iv _ vi vii viii ix _ xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii"), 2
    )
    if word != "_"
}
_MONTH_NAMES = words(
    "january february march april may june july august september october november december"
)
MONTHS: dict[str, int] = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}

# One spelling for abbreviations that mean one thing only. Keys and values are single tokens.
ABBREVIATIONS: dict[str, str] = {
    **{name[:3]: name for name in _MONTH_NAMES if name not in ("march", "may")},
    "sept": "september",
    **{name[:3]: name for name in words("monday tuesday friday")},
    **dict.fromkeys(words("mt mount mtn mountain"), "mount"),
    **dict.fromkeys(words("saint st"), "st"),
    **dict.fromkeys(words("doctor dr"), "dr"),
    **dict.fromkeys(words("mister mr"), "mr"),
    **dict.fromkeys(words("junior jr jnr"), "jr"),
    **dict.fromkeys(words("senior sr snr"), "sr"),
    "dept": "department",
    "govt": "government",
    "univ": "university",
    "vs": "versus",
    "colour": "color",
    "grey": "gray",
    "centre": "center",
    "theatre": "theater",
    "usa": "us",
    "tv": "television",
    "ww1": "wwi",
    "ww2": "wwii",
    "percentage": "percent",
    "okay": "ok",
    "nope": "no",
    "yeah": "yes",
    "yep": "yes",
    **dict.fromkeys(words("kms kilometre kilometres kilometer kilometers"), "km"),
    **dict.fromkeys(words("metre metres meter meters"), "m"),
    **dict.fromkeys(words("centimetre centimetres centimeter centimeters"), "cm"),
    **dict.fromkeys(words("millimetre millimetres millimeter millimeters"), "mm"),
    **dict.fromkeys(words("kgs kilogram kilograms kilogramme kilogrammes kilo kilos"), "kg"),
    **dict.fromkeys(words("gram grams gramme grammes"), "g"),
    **dict.fromkeys(words("ft foot feet"), "foot"),
    **dict.fromkeys(words("inch inches"), "inch"),
    **dict.fromkeys(words("yd yds yard yards"), "yard"),
    **dict.fromkeys(words("mi mile miles"), "mile"),
    **dict.fromkeys(words("lb lbs pound pounds"), "pound"),
    **dict.fromkeys(words("stone stones"), "stone"),
    **dict.fromkeys(words("oz ounce ounces"), "ounce"),
    **dict.fromkeys(words("sec secs seconds"), "seconds"),
    **dict.fromkeys(words("min mins minute minutes"), "minute"),
    **dict.fromkeys(words("hr hrs hour hours"), "hour"),
    **dict.fromkeys(words("day days"), "day"),
    **dict.fromkeys(words("week weeks wk wks"), "week"),
    **dict.fromkeys(words("month months"), "month"),
    **dict.fromkeys(words("yr yrs year years"), "year"),
    **dict.fromkeys(words("litre litres liter liters"), "liter"),
    **dict.fromkeys(words("dollar dollars"), "dollar"),
    **dict.fromkeys(words("euro euros"), "euro"),
    **dict.fromkeys(words("volt volts"), "v"),
    **dict.fromkeys(words("watt watts"), "w"),
    **dict.fromkeys(words("amp amps ampere amperes"), "amp"),
    **dict.fromkeys(words("mph"), "mph"),
    **dict.fromkeys(words("degree degrees deg"), "degree"),
    **dict.fromkeys(words("c celsius centigrade"), "celsius"),
    **dict.fromkeys(words("f fahrenheit"), "fahrenheit"),
    **dict.fromkeys(words("tonne tonnes ton tons"), "ton"),
    **dict.fromkeys(words("century centuries"), "century"),
}

TWO_WORD_NAMES: dict[tuple[str, ...], str] = {
    ("united", "states"): "us",
    ("united", "kingdom"): "uk",
    ("great", "britain"): "britain",
    ("soviet", "union"): "ussr",
    ("united", "nations"): "un",
    ("european", "union"): "eu",
    ("per", "cent"): "percent",
    ("degree", "celsius"): "celsius",
    ("degree", "fahrenheit"): "fahrenheit",
}

# Canonical unit -> (dimension, factor to the dimension's base unit: s, m, kg, l, b).
UNITS: dict[str, tuple[str, float]] = {
    "seconds": ("time", 1.0),
    "minute": ("time", 60.0),
    "hour": ("time", 3600.0),
    "day": ("time", 86400.0),
    "week": ("time", 604800.0),
    "month": ("time", 2629800.0),
    "year": ("time", 31557600.0),
    "mm": ("length", 0.001),
    "cm": ("length", 0.01),
    "m": ("length", 1.0),
    "km": ("length", 1000.0),
    "inch": ("length", 0.0254),
    "foot": ("length", 0.3048),
    "yard": ("length", 0.9144),
    "mile": ("length", 1609.344),
    "mg": ("mass", 1e-6),
    "g": ("mass", 0.001),
    "kg": ("mass", 1.0),
    "ton": ("mass", 1000.0),
    "ounce": ("mass", 0.0283495),
    "pound": ("mass", 0.453592),
    "stone": ("mass", 6.35029),
    "ml": ("volume", 0.001),
    "liter": ("volume", 1.0),
    "gallon": ("volume", 3.78541),
    "gallons": ("volume", 3.78541),
    "percent": ("percent", 1.0),
    "v": ("voltage", 1.0),
    "w": ("power", 1.0),
    "kw": ("power", 1000.0),
    "mw": ("power", 1e6),
    "celsius": ("celsius", 1.0),
    "fahrenheit": ("fahrenheit", 1.0),
    "kb": ("bytes", 1e3),
    "mb": ("bytes", 1e6),
    "gb": ("bytes", 1e9),
    "tb": ("bytes", 1e12),
}
CURRENCIES = frozenset({"dollar", "sterling", "euro", "yen", "rupees", "cents", "pence"})
# What is counted says little: "14 days" and "40 days" share only this.
MEASURE_WORDS = frozenset(UNITS) | CURRENCIES | frozenset(words("degree century decade seconds"))

# Titles and kinds of things: a part of many names, hardly ever the part that tells them apart.
GENERIC_WORDS = frozenset(
    words(
        "organization organisation association institute society council committee department "
        "ministry agency federation league union bank office court house center act law treaty "
        "cup award prize theory disease syndrome world national international royal united "
        "mr mrs ms miss dr sir lord lady king queen prince princess emperor president captain "
        "general professor st jr sr mount river lake sea ocean island islands bay cape city town "
        "county state street road avenue country university college school museum church company "
        "corporation inc ltd co team club fc band group party system region area season episode "
        "episodes series television show film movie book song album war battle language people "
        "family type kind name number american"
    )
)

STOP_WORDS = frozenset(
    words(
        "of in on at to for from by with and or but nor so as is are was were be been being am do "
        "does did has have had having it its it's this that these those there here he she they we "
        "you i me him her them us my your his their our who whom whose which what when where why "
        "how will would can could may might shall should must not no than then also such some any "
        "each other into over under between during within about around after before both all most "
        "more very just only own same too if because while through s t one's itself himself "
        "herself themselves called known named name"
    )
)

_DEMONYMS = (
    "france french frenchman|spain spanish spaniard|germany german|italy italian|"
    "england english englishman|britain british uk|scotland scottish scots scot|wales welsh|"
    "ireland irish|portugal portuguese|greece greek|turkey turkish turk turks|russia russian|"
    "poland polish pole|sweden swedish swede|norway norwegian|denmark danish dane|finland finnish|"
    "netherlands dutch holland|belgium belgian|switzerland swiss|austria austrian|"
    "hungary hungarian|iceland icelandic|china chinese|japan japanese|india indian|"
    "pakistan pakistani|mexico mexican|canada canadian|america american us|australia australian|"
    "egypt egyptian|israel israeli|iraq iraqi|iran iranian persian persia|europe european|"
    "africa african|asia asian|brazil brazilian|peru peruvian|cuba cuban|thailand thai|"
    "philippines filipino philippine|vietnam vietnamese|korea korean|rome roman|norman normandy|"
    "jew jewish jews|islam islamic muslim muslims|christian christianity"
)
_SHORT_NAMES = (
    "william bill will billy willie|robert bob rob bobby|richard dick rick richie|james jim jimmy "
    "jamie|john johnny jack jon|thomas tom tommy|charles charlie chuck|edward ed eddie ted "
    "teddy|joseph joe joey|michael mike mick mickey|david dave|daniel dan danny|samuel sam "
    "sammy|anthony tony|alexander alex|nicholas nick|benjamin ben|christopher chris|matthew "
    "matt|andrew andy|stephen steven steve|patrick pat|kenneth ken kenny|ronald ron ronnie|donald "
    "don donnie|gerald jerry|frederick fred freddie|henry harry hank|lawrence larry|leonard leo "
    "len lenny|philip phil|raymond ray|timothy tim|gregory greg|douglas doug|vincent vince|walter "
    "walt|elizabeth liz beth betty lizzie|katherine catherine kate kathy cathy katie|margaret "
    "maggie peggy meg|susan sue|deborah debbie|jennifer jenny jen|patricia patty|rebecca "
    "becky|victoria vicky|zachary zach|jonathan jon|theodore theo|albert al bert|dominic "
    "dom|francis frank|franklin frank|arthur art|eugene gene|jeffrey jeff geoffrey geoff"
)
_WORDS = (
    "begin began start started|buy bought|sell sold|film movie|two double|author writer|"
    "car automobile|doctor physician|fall autumn|large big|small little|fast quick|"
    "sweet candy|lift elevator|main primary principal chief|unknown uncertain unclear|"
    "cancelled never|blockade quarantine|hypnosis hypnotism|swap exchange|kill killed murdered|"
    "wed wedding marry married marriage|die died dead death|born birth|win won winner|"
    "lose lost loss|speak spoke speech|sing sang song sung singer|grow grew growth|fly flew flight|"
    "choose chose choice|strong strength|long length|high height|wide width|deep depth|hot heat|"
    "true yes correct|false no incorrect|none no zero nothing|teeth tooth|geese goose|mice mouse|"
    "men man|women woman|children child|wolves wolf|leaves leaf|wives wife|knives knife|lives life"
)


def _groups(*texts: str) -> dict[str, frozenset[str]]:
    related: dict[str, frozenset[str]] = {}
    for text in texts:
        for group in text.split("|"):
            words = frozenset(group.split())
            for word in words:
                related[word] = related.get(word, frozenset()) | words
    return related


# A word -> the words that may stand for it: country and people, short first names, word families.
RELATED: dict[str, frozenset[str]] = _groups(_DEMONYMS, _SHORT_NAMES, _WORDS)
# Words that are close in spelling and not the same thing.
CONFUSABLE: dict[str, frozenset[str]] = _groups(
    "austria australia austrian australian|slovakia slovenia slovak slovene|niger nigeria|"
    "iran iraq iranian iraqi|kansas arkansas|guinea guyana guiana|dominica dominican|"
    "mauritania mauritius|libya liberia|sweden switzerland swedish swiss|georgia george|"
    "nitrate nitrite|sulfate sulfite sulfide|chlorate chlorite chloride|mitosis meiosis|"
    "million billion|tuesday thursday|sunday monday|sixteen sixty|july june"
)
# Words of which one excludes the other.
OPPOSITES: dict[str, frozenset[str]] = {
    word: related - {word}
    for word, related in _groups(
        "north south east west|northern southern eastern western|upper lower|internal external|"
        "interior exterior|inside outside|increase decrease|increased decreased|import export|"
        "male female|positive negative|minimum maximum|highest lowest|hot cold|above below|"
        "legal illegal|always never|left right|anterior posterior|first last|even odd|"
        "northeast northwest southeast southwest|early late"
    ).items()
}
