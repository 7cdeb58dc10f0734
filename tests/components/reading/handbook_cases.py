"""Questions to an invented handbook of a maker of marine instruments; nothing is fitted on them.

Each case: question, passages, acceptable answers.
"""

from __future__ import annotations

DEPTH_SOUNDER = (
    "The DS-40 depth sounder measures water depth from 0.4 to 120 metres. Its transducer works at "
    "200 kHz. The calibration interval of the DS-40 is 18 months; the older DS-20 is calibrated "
    "every 12 months. Calibration is carried out at the test basin in Kiel. The housing is made "
    "of anodised aluminium and rated IP68."
)
MASTHEAD = (
    "The masthead unit WM-7 measures wind speed and direction. The masthead unit uses an M12 "
    "connector with five pins. It weighs 310 g and draws 45 mA at 12 V. The cable must not be "
    "longer than 30 m because the signal weakens beyond that length. The unit was designed by "
    "Ingrid Solheim in 2014."
)
AUDIT = (
    "Internal audits take place twice a year. The quality manager signs the audit report and "
    "sends it to the board within ten working days. Findings are recorded in form QF-112. The "
    "external audit is carried out by Nordcert AS every three years."
)
WARRANTY = (
    "All instruments carry a limited warranty. The warranty on the compass sensor CS-3 is 36 "
    "months from the date of delivery. Batteries are covered for six months only. Claims are sent "
    "to service@example.org and are handled by the service desk in Bergen."
)
TRAVEL = (
    "Employees book travel through the travel desk. The daily allowance for trips within Norway "
    "is 620 kroner. Taxi rides above 400 kroner need the approval of the department head. "
    "Receipts must be handed in within 14 days of the return."
)
SAFETY = (
    "In case of fire, staff gather at the north car park. The fire warden for building B is Omar "
    "Haddad. Extinguishers are inspected every March. Lithium cells are stored in the red cabinet "
    "in room 214 to prevent the spread of fire."
)
FIRMWARE = (
    "Firmware 5.2 was released on 14 June 2021. It was withdrawn two weeks later because it "
    "drained the battery overnight. The update is installed with the program HarbourLink. The "
    "default password of the display is 4711, and it must be changed at first use."
)
HISTORY = (
    "The company was founded in 1963 by the brothers Lars and Nils Aakre in Stavanger. It employs "
    "240 people today. The first product, a paddle-wheel log called Skarv, was sold to the "
    "Norwegian coast guard. The headquarters moved to Bergen in 1988."
)
HANDBOOK = (DEPTH_SOUNDER, MASTHEAD, AUDIT, WARRANTY, TRAVEL, SAFETY, FIRMWARE, HISTORY)

CLEAR: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    ("What is the calibration interval of the DS-40?", (DEPTH_SOUNDER,), ("18 months",)),
    ("At what frequency does the transducer of the DS-40 work?", (DEPTH_SOUNDER,), ("200 kHz",)),
    ("Where is the calibration carried out?", (DEPTH_SOUNDER,),
     ("the test basin in Kiel", "Kiel", "test basin", "at the test basin in Kiel")),
    ("What is the housing of the DS-40 made of?", (DEPTH_SOUNDER,),
     ("anodised aluminium",)),
    ("Which connector does the masthead unit use?", (MASTHEAD,),
     ("M12", "an M12 connector", "M12 connector with five pins")),
    ("How much does the masthead unit weigh?", (MASTHEAD,), ("310 g",)),
    ("Who designed the masthead unit?", (MASTHEAD,), ("Ingrid Solheim",)),
    ("When was the masthead unit designed?", (MASTHEAD,), ("2014", "in 2014")),
    ("Why must the cable not be longer than 30 m?", (MASTHEAD,),
     ("because the signal weakens beyond that length", "the signal weakens beyond that length",
      "the signal weakens")),
    ("Who signs the audit report?", (AUDIT,), ("The quality manager", "quality manager")),
    ("In which form are audit findings recorded?", (AUDIT,), ("QF-112", "form QF-112")),
    ("Who carries out the external audit?", (AUDIT,), ("Nordcert AS",)),
    ("How often is the external audit carried out?", (AUDIT,),
     ("every three years", "three years")),
    ("How long is the warranty on the compass sensor CS-3?", (WARRANTY,),
     ("36 months", "36 months from the date of delivery")),
    ("For how long are batteries covered?", (WARRANTY,), ("six months",)),
    ("Where is the service desk?", (WARRANTY,), ("Bergen", "in Bergen")),
    ("What is the daily allowance for trips within Norway?", (TRAVEL,),
     ("620 kroner", "620")),
    ("Who approves taxi rides above 400 kroner?", (TRAVEL,),
     ("the department head", "department head")),
    ("Where do staff gather in case of fire?", (SAFETY,),
     ("the north car park", "north car park", "at the north car park")),
    ("Who is the fire warden for building B?", (SAFETY,), ("Omar Haddad",)),
    ("In which room are lithium cells stored?", (SAFETY,), ("214", "room 214")),
    ("When was firmware 5.2 released?", (FIRMWARE,), ("14 June 2021", "on 14 June 2021")),
    ("Why was firmware 5.2 withdrawn?", (FIRMWARE,),
     ("because it drained the battery overnight", "it drained the battery overnight",
      "drained the battery overnight", "it drained the battery")),
    ("What is the default password of the display?", (FIRMWARE,), ("4711",)),
    ("Which program installs the update?", (FIRMWARE,), ("HarbourLink",)),
    ("When was the company founded?", (HISTORY,), ("1963", "in 1963")),
    ("How many people does the company employ?", (HISTORY,), ("240", "240 people")),
    ("What was the first product called?", (HISTORY,), ("Skarv",)),
    ("Where did the headquarters move in 1988?", (HISTORY,), ("Bergen", "to Bergen")),
    ("Who founded the company?", (HISTORY,),
     ("the brothers Lars and Nils Aakre", "Lars and Nils Aakre", "brothers Lars and Nils Aakre")),
]  # fmt: skip

NO_ANSWER: list[tuple[str, tuple[str, ...]]] = [
    ("Who maintains the vending machines on the second floor?", (DEPTH_SOUNDER, MASTHEAD)),
    ("What is the maximum torque of the winch motor?", (AUDIT, WARRANTY)),
    ("When does the canteen open on Fridays?", (FIRMWARE, HISTORY)),
    ("How many days of parental leave are granted?", (SAFETY, DEPTH_SOUNDER)),
]
