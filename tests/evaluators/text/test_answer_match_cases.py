"""Plainly right and plainly wrong answers: (question, golds, answer, correct)."""

from __future__ import annotations

import pytest

from syftr_like.evaluators.text.answer_match import answer_match

Case = tuple[str, list[str], str, bool]

NUMBERS: list[Case] = [
    ("How many days is the return period?", ["40 days"], "14 days", False),
    ("How many days is the return period?", ["40 days"], "40 days", True),
    ("How many days is the return period?", ["40 days"], "Forty days.", True),
    ("How many days is the return period?", ["40 days"], "You have 40 days to return it.", True),
    ("How many days is the return period?", ["40 days"], "You have 14 days to return it.", False),
    ("How many days is the return period?", ["40"], "400", False),
    ("How many days is the return period?", ["14 days"], "two weeks", True),
    ("how many players are on the field", ["eleven", "11"], "There are 11 players.", True),
    ("how many players are on the field", ["eleven"], "11", True),
    ("how many players are on the field", ["11"], "There are nine players on the field.", False),
    ("What is the population of the town?", ["21,000"], "About 21000 people live there.", True),
    ("What is the population of the town?", ["21,000"], "2,100", False),
    ("How much did it cost?", ["$1.5 million"], "1.5 million dollars", True),
    ("How much did it cost?", ["$1.5 million"], "It cost $1,500,000.", True),
    ("How much did it cost?", ["$1.5 million"], "$15 million", False),
    ("What share voted yes?", ["52%"], "52 percent", True),
    ("What share voted yes?", ["52%"], "25 percent", False),
    ("What is the ratio?", ["3.5"], "35", False),
    ("What is the ratio?", ["3.5"], "3.50", True),
    ("Which Henry married six times?", ["Henry VIII"], "Henry the Eighth", True),
    ("Which Henry married six times?", ["Henry VIII"], "Henry VII", False),
]
DATES: list[Case] = [
    ("When was it released?", ["February 27, 2018"], "27 February 2018", True),
    ("When was it released?", ["February 27, 2018"], "It was released on 2018-02-27.", True),
    ("When was it released?", ["February 27, 2018"], "It came out on March 3, 2017.", False),
    ("When was it released?", ["February 27, 2018"], "2009", False),
    ("When did the war end?", ["1945"], "The war ended in 1945.", True),
    ("When did the war end?", ["1945"], "The war ended in 1918.", False),
    ("When did the war end?", ["1945"], "1954", False),
    ("When did the war end?", ["September 1945", "1945"], "It ended on 2 September 1945.", True),
    ("When did the practice begin?", ["1890s"], "the 1890s", True),
    ("When did the practice begin?", ["1890s"], "the 1980s", False),
    ("When did the practice begin?", ["19th century"], "in the nineteenth century", True),
    ("When did the practice begin?", ["19th century"], "in the 12th century", False),
]
NAMES: list[Case] = [
    ("In what country is Rouen?", ["Normandy"], "Normandy", True),
    ("In what country is Rouen?", ["France"], "in France", True),
    ("In what country is Rouen?", ["France"], "Germany", False),
    ("In what country is Rouen?", ["France"], "Rouen is a city in France.", True),
    ("In what country is Rouen?", ["France"], "Rouen is a city in northern Italy.", False),
    ("who got the first nobel prize", ["Wilhelm Conrad Röntgen"], "Wilhelm Röntgen", True),
    ("who got the first nobel prize", ["Wilhelm Conrad Röntgen"], "Wilhelm Rontgen.", True),
    ("who got the first nobel prize", ["Wilhelm Conrad Röntgen"], "Wilhelm Wien", False),
    ("who wrote the novel", ["J. K. Rowling"], "It was written by JK Rowling.", True),
    ("who wrote the novel", ["J. K. Rowling"], "It was written by J. R. R. Tolkien.", False),
    ("who wrote the novel", ["Charles Dickens", "Dickens"], "Dickens", True),
    ("who wrote the novel", ["Charles Dickens"], "Charles Darwin", False),
    ("who composed the symphony", ["Dimitri Shostakovitch"], "Dmitri Shostakovich", True),
    ("who composed the symphony", ["Dmitri Shostakovich"], "Sergei Prokofiev", False),
    ("Which country won?", ["United States", "USA"], "The U.S. won.", True),
    ("Which country won?", ["United States", "USA"], "The United Kingdom won.", False),
    ("what does it stand for", ["World Health Organization"], "World Trade Organization", False),
    ("Which alliance did it join?", ["North Atlantic Treaty Organization"], "NATO", True),
    ("Which alliance did it join?", ["NATO"], "the North Atlantic Treaty Organisation", True),
    ("Where does the river rise?", ["Austria"], "in Australia", False),
    ("In which part of the country?", ["northern Spain"], "southern Spain", False),
    ("Which organs are meant?", ["internal organs"], "external organs", False),
    ("What is its status?", ["legal"], "illegal", False),
    ("What is her job?", ["teacher"], "She is a teacher at a school in Leeds.", True),
    ("What is her job?", ["teacher"], "She is a surgeon at a hospital in Leeds.", False),
    ("Which grade is needed?", ["A+"], "A+", True),
    ("Which vitamin is it?", ["vitamin A"], "Vitamin D", False),
    ("Which vitamin is it?", ["vitamin A"], "It is vitamin A.", True),
    ("Who sang the duet?", ["Sonny and Cher"], "Sonny & Cher", True),
]
UNITS: list[Case] = [
    ("Which supply does the pump need?", ["12 V"], "the 12 V supply", True),
    ("Which supply does the pump need?", ["12 V"], "12 volts", True),
    ("Which supply does the pump need?", ["12 V"], "the 24 V supply", False),
    ("How long is the film?", ["228 minutes"], "3 hours and 48 minutes", True),
    ("How long is the film?", ["228 minutes"], "2 hours and 10 minutes", False),
    ("How tall is he?", ["6 ft 1 in"], "He is 6 feet 1 inch tall.", True),
    ("How tall is he?", ["6 ft 1 in"], "He is 5 feet 4 inches tall.", False),
    ("How far is it?", ["5 km"], "five kilometres", True),
    ("How far is it?", ["5 km"], "50 km", False),
    ("How hot does it get?", ["90 °C"], "90 degrees Celsius", True),
    ("How hot does it get?", ["90 °C"], "60 °C", False),
]
ABSTENTIONS: list[Case] = [
    ("Who founded the firm?", ["Ada Smith"], "", False),
    ("Who founded the firm?", ["Ada Smith"], "   ...", False),
    ("Who founded the firm?", ["Ada Smith"], "I don't know.", False),
    ("Who founded the firm?", ["Ada Smith"], "I'm sorry, but I could not find that.", False),
    ("Who founded the firm?", ["Ada Smith"], "The text does not say who founded the firm.", False),
    ("Who founded the firm?", ["Ada Smith"], "unknown", False),
    ("Who founded the firm?", ["Ada Smith"], "unanswerable", False),
    ("Who founded the firm?", ["Ada Smith"], "There is no information about its founder.", False),
    ("Where was the bob's phrase coined?", ["unknown"], "Unknown.", True),
    ("Who founded the firm?", [], "I don't know.", True),
    ("Who founded the firm?", [], "", True),
    ("Who founded the firm?", [], "Ada Smith founded it.", False),
    ("What is the capital?", ["Lyon"], "I am not sure, but I believe it is Lyon.", True),
]
CONTRADICTIONS: list[Case] = [
    ("Where was the treaty signed?", ["Paris"], "It was not Paris but Lyon.", False),
    ("Where was the treaty signed?", ["Paris"], "It was signed in Lyon, not in Paris.", False),
    ("Where was the treaty signed?", ["Lyon"], "It was not Paris but Lyon.", True),
    ("Is a permit needed?", ["No"], "Yes, a permit is needed.", False),
    ("Is a permit needed?", ["No"], "No, none is needed.", True),
    ("Is a permit needed?", ["yes"], "Yes.", True),
    ("Did Ann or Bea win the final?", ["Ann"], "Bea", False),
    ("Did Ann or Bea win the final?", ["Ann"], "Ann won the final.", True),
]
VERBOSE: list[Case] = [
    (
        "What is the capital of Australia?",
        ["Canberra"],
        "The capital of Australia is Canberra, a planned city founded in 1913 between Sydney and "
        "Melbourne. It is the seat of the federal government.",
        True,
    ),
    (
        "What is the capital of Australia?",
        ["Canberra"],
        "The capital of Australia is Sydney, a harbour city founded in 1788, and its largest. It "
        "is the seat of the government of New South Wales.",
        False,
    ),
    (
        "Who was the pilot of the first powered flight?",
        ["Orville Wright"],
        "According to the museum, the pilot of the first powered flight on December 17, 1903 was "
        "Orville Wright, who flew for twelve seconds near Kitty Hawk.",
        True,
    ),
    (
        "Through which capitals does the Danube flow?",
        ["Vienna, Bratislava, Budapest and Belgrade"],
        "The Danube flows through Vienna (Austria), Bratislava (Slovakia), Budapest (Hungary) and "
        "Belgrade (Serbia).",
        True,
    ),
    ("what was guantanamo bay", ["Guantanamo Bay Naval Base"], "It was a naval base.", True),
    ("What did the audit find?", ["a missing invoice"], "The audit found nothing unusual.", False),
]
CASES = [*NUMBERS, *DATES, *NAMES, *UNITS, *ABSTENTIONS, *CONTRADICTIONS, *VERBOSE]


@pytest.mark.parametrize(("question", "golds", "answer", "correct"), CASES)
def test_plain_cases_are_decided_as_any_reader_would(
    question: str, golds: list[str], answer: str, correct: bool
) -> None:
    assert answer_match(question, golds, answer) is correct
