"""Closed-class words and small open lists: what a word tells about its role in a sentence."""

from __future__ import annotations

from enum import IntEnum

from .wordlist import word_set

__all__ = ["IRREGULAR", "RELATED", "WORD_CLASSES", "WordClass"]


class WordClass(IntEnum):
    """The coarse syntactic role of a token, from closed lists, its shape or its ending."""

    EDGE = 0  # outside the sentence
    STOP = 1
    COMMA = 2
    COLON = 3
    OPEN = 4
    CLOSE = 5
    QUOTE = 6
    DASH = 7
    SYMBOL = 8
    PERCENT = 9
    CURRENCY = 10
    ARTICLE = 11
    DEMONSTRATIVE = 12
    POSSESSIVE = 13
    GENITIVE = 14
    PRONOUN = 15
    OF = 16
    IN = 17
    TO = 18
    BY = 19
    FOR = 20
    WITH = 21
    FROM = 22
    AT = 23
    ON = 24
    AS = 25
    PREPOSITION = 26
    AND = 27
    OR = 28
    BUT = 29
    BECAUSE = 30
    SUBORDINATOR = 31
    BE = 32
    AUXILIARY = 33
    MODAL = 34
    NOT = 35
    WH = 36
    THAT = 37
    ADVERB = 38
    QUANTIFIER = 39
    DIGITS = 40
    YEAR = 41
    NUMBER_WORD = 42
    ORDINAL = 43
    MONTH = 44
    WEEKDAY = 45
    UNIT = 46
    CODE = 47
    ACRONYM = 48
    CAPITAL = 49
    CAPITAL_FIRST = 50  # capitalised, but only because it opens the sentence, perhaps
    TITLE = 51
    ED = 52
    ING = 53
    VERB = 54
    PLURAL = 55
    NOMINAL = 56
    AGENT = 57
    ADJECTIVE = 58
    LOWER = 59
    PLACE_NAME = 60
    NATIONALITY = 61
    GIVEN_NAME = 62
    ORGANISATION_WORD = 63
    PLACE_WORD = 64


def _words(text: str, word_class: WordClass) -> dict[str, WordClass]:
    return dict.fromkeys(text.split(), word_class)


_C = WordClass
# Later lines win.
WORD_CLASSES: dict[str, WordClass] = {
    **_words(
        "make makes made take takes took taken give gives gave given get gets got go goes went "
        "gone come comes came become becomes became say says said see sees saw seen know knows "
        "knew known think thought find finds found leave leaves left feel felt put keep keeps "
        "kept let begin begins began begun show shows shown hear run runs ran hold holds held "
        "bring brings brought write writes wrote written sit stand stands stood lose lost pay "
        "pays paid meet meets met include includes contain contains lead leads led build builds "
        "built grow grew grown send sends sent fall fell fallen cut reach rise rose win won buy "
        "sell sold teach taught spend spent break broke broken choose chose chosen speak spoke "
        "require requires need needs use uses allow allows sign signs cover covers follow "
        "follows provide provides produce produces cause causes consist consists remain remains "
        "occur occurs exist exists refer refers mean means meant describe describes support "
        "supports depend depends form forms serve serves seem seems appear appears create "
        "creates involve involves represent represents play plays live lives belong belongs",
        _C.VERB,
    ),
    **_words(
        "also however often usually generally mostly mainly largely only just even still already "
        "again too very quite rather almost nearly about approximately roughly around once then "
        "now soon later earlier ago never always sometimes together well so thus therefore hence "
        "instead furthermore moreover first especially particularly primarily originally "
        "typically commonly currently recently eventually finally here there yet up out away back "
        "off down",
        _C.ADVERB,
    ),
    **_words(
        "into onto through throughout during against among amongst between within without across "
        "along behind beyond under over above below near toward towards upon via until till "
        "despite per except like unlike after before since including concerning regarding than "
        "outside inside beside besides",
        _C.PREPOSITION,
    ),
    **_words(
        "many much some several few more most less least all both each every any no "
        "various numerous other another such same enough least",
        _C.QUANTIFIER,
    ),
    **_words("a an the", _C.ARTICLE),
    **_words("this these those", _C.DEMONSTRATIVE),
    **_words("my your his her its our their", _C.POSSESSIVE),
    **_words("'s \u2019s ' \u2019", _C.GENITIVE),
    **_words(
        "i you he she it we they me him us them himself herself itself themselves one "
        "ourselves yourself oneself none nobody someone anyone everyone something",
        _C.PRONOUN,
    ),
    **_words("of", _C.OF),
    **_words("in", _C.IN),
    **_words("to", _C.TO),
    **_words("by", _C.BY),
    **_words("for", _C.FOR),
    **_words("with", _C.WITH),
    **_words("from", _C.FROM),
    **_words("at", _C.AT),
    **_words("on", _C.ON),
    **_words("as", _C.AS),
    **_words("and &", _C.AND),
    **_words("or nor", _C.OR),
    **_words("but", _C.BUT),
    **_words("because due owing", _C.BECAUSE),
    **_words("if unless although though while whereas whether when whenever so", _C.SUBORDINATOR),
    **_words("is are was were be been being am", _C.BE),
    **_words("has have had having do does did doing done", _C.AUXILIARY),
    **_words("can could may might must shall should will would cannot", _C.MODAL),
    **_words("not never n't", _C.NOT),
    **_words("who whom whose which what where why how", _C.WH),
    **_words("that", _C.THAT),
    **_words(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
        "ninety hundred thousand million billion trillion dozen half quarter zero twice thrice",
        _C.NUMBER_WORD,
    ),
    **_words(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth last",
        _C.ORDINAL,
    ),
    **_words(
        "january february march april june july august september october november "
        "december jan feb mar apr jun jul aug sep sept oct nov dec",
        _C.MONTH,
    ),
    **_words("monday tuesday wednesday thursday friday saturday sunday", _C.WEEKDAY),
    **_words(
        "percent percentage second seconds minute minutes hour hours day days week weeks month "
        "months year years decade decades century centuries km m cm mm nm kg g mg lb lbs ton tons "
        "tonne tonnes metre metres meter meters kilometre kilometres kilometer kilometers mile "
        "miles foot feet inch inches yard yards acre acres hectare hectares litre litres liter "
        "liters gallon gallons degree degrees celsius fahrenheit kelvin volt volts v mv kv amp "
        "amps ampere amperes a ma watt watts w kw mw hz khz mhz ghz kb mb gb tb bit bits byte "
        "bytes db dbm bar mbar kpa mpa pa psi n nm newton newtons joule joules ppm rpm knot knots "
        "kn dollar dollars euro euros eur usd gbp pound pounds cent cents ms s min h times "
        "fold people ppt ohm ohms °c °f k ah mah wh kwh square cubic",
        _C.UNIT,
    ),
    **_words("a an", _C.ARTICLE),
    **_words(
        "mr mrs ms dr prof professor sir lord lady king queen prince princess emperor "
        "president general captain colonel pope saint st bishop duke count senator governor "
        "minister chancellor sultan",
        _C.TITLE,
    ),
}

# Irregular verb forms and nouns, to the form that the stemmer knows.
IRREGULAR: dict[str, str] = dict(
    pair.split(":")
    for pair in word_set(
        "led:lead won:win built:build wrote:write written:write began:begin begun:begin "
        "became:become took:take taken:take gave:give given:give went:go gone:go "
        "came:come said:say saw:see seen:see knew:know known:know thought:think "
        "found:find left:leave felt:feel kept:keep held:hold brought:bring stood:stand "
        "lost:lose paid:pay met:meet grew:grow grown:grow sent:send fell:fall fallen:fall "
        "rose:rise risen:rise bought:buy sold:sell taught:teach spent:spend broke:break "
        "broken:break chose:choose chosen:choose spoke:speak spoken:speak made:make "
        "ran:run drew:draw drawn:draw drove:drive driven:drive ate:eat eaten:eat "
        "fought:fight flew:fly flown:fly forgot:forget froze:freeze frozen:freeze "
        "hid:hide hidden:hide laid:lay lay:lie meant:mean rode:ride ridden:ride sang:sing "
        "sung:sing sought:seek shot:shoot shown:show slept:sleep stole:steal stolen:steal "
        "struck:strike swore:swear sworn:swear threw:throw thrown:throw "
        "understood:understand woke:wake wore:wear worn:wear bore:bear born:bear "
        "borne:bear bound:bind caught:catch dealt:deal dug:dig fed:feed fled:flee "
        "gotten:get got:get hung:hang heard:hear lit:light sank:sink sunk:sink sat:sit "
        "spread:spread sprang:spring stuck:stick swam:swim told:tell overthrew:overthrow "
        "withdrew:withdraw underwent:undergo arose:arise arisen:arise men:man women:woman "
        "children:child people:person feet:foot teeth:tooth lives:life wives:wife "
        "data:datum media:medium phenomena:phenomenon criteria:criterion died:die "
        "dead:die death:die dies:die"
    )
)

# Stems that ask and answer for each other: a weak match.
RELATED: dict[str, str] = {
    word: group[0]
    for group in (
        line.split()
        for line in (
            "call name term know dub refer title",
            "begin start commenc initi launch open",
            "end finish conclud ceas stop termin",
            "found establish creat form institut set",
            "big larg great huge biggest",
            "small littl minor tini",
            "kill murder assassin die execut",
            "author write pen writer",
            "creat invent develop design devis build construct make produc manufactur",
            "import signific key main major chief primari princip",
            "caus reason result lead due",
            "live resid inhabit dwell popul",
            "locat situat place site lie posit found",
            "marri wife husband spous",
            "bear birth nativ",
            "use employ util appli",
            "say claim argu state assert suggest believ think",
            "show demonstr prove reveal",
            "get receiv obtain gain acquir earn",
            "fight battl war conflict",
            "win victori defeat beat conquer",
            "king ruler monarch emperor reign rule",
            "citi town capit",
            "countri nation state",
            "cost price fee pay charg expens",
            "last long durat period durat",
            "old age year",
            "allow permit enabl let",
            "need requir must necessari",
            "chang alter modifi vari convert",
            "increas grow rise expand rais growth",
            "decreas reduc declin drop fall lower shrink",
            "buy purchas acquir",
            "part portion compon section",
            "kind type sort form class categori",
            "numbr number amount quantiti total count",
            "peopl person man individu human",
            "leader head chief command presid director",
            "movi film",
            "song music",
            "doctor physician medic",
            "sign approv author signatur",
            "mainten servic maintain",
            "check inspect test verifi examin",
            "ship send deliv deliveri dispatch",
            "fix repair mend",
            "warranti guarante",
            "depart leav",
            "arriv come reach",
            "help assist aid support",
            "contain includ consist compris compos",
            "stay remain",
            "quick fast rapid speed",
            "common usual typic frequent popular",
            "separ divid split",
            "join unit merg ally",
            "teach instruct educ school",
            "oppos against resist",
            "attack invad invas raid assault",
            "origin sourc come deriv descend",
            "famous renown note",
        )
    )
    for word in group
}
