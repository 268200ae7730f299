"""The words of the sample data: what a trades business and its customers write to each other.

Each work is a short script. `C` is the client, `S` the office, `N` an internal note, `=` a new status,
`F` a form that was saved. Braces are filled in by `seed.py`.
"""

# ruff: noqa: E501 - what people write stands on one line

from __future__ import annotations

from attrs import frozen


@frozen
class Work:
    """One kind of work: what it is called, where it runs, what it costs, and how it is talked about."""

    title: str
    pipeline: str
    low: int
    high: int
    script: tuple[str, ...]


WORKS: tuple[Work, ...] = (
    Work(
        "Kitchen rewire",
        "electrical",
        3800,
        7200,
        (
            "S Hi {first}, thanks for showing us around. We can start the kitchen rewire on {day}, two days on site.",
            "C {day} works. Will the fridge be without power? We have a new baby and the milk lives in there.",
            "S Good point. We'll run a temporary lead to the fridge circuit, it is never off for more than ten minutes.",
            "C Perfect, thank you.",
            "N Wants an induction cooktop later. Leave a 32 A circuit and space on the board.",
            "F Site visit|Access=Side gate, code 4471|Parking=Driveway, one van|Existing installation=1980s TPS, no RCD on lights",
            "= Booked",
            "C One more thing: could you add a double outlet inside the pantry?",
            "S We can. It adds $165 including the outlet. Shall we go ahead?",
            "C Yes please.",
            "= In progress",
            "N Cavity behind the range is full of loose insulation, allow an extra hour.",
            "S First fix is finished. The plasterer can close the wall behind the sink from tomorrow.",
            "C Great, he is coming on {day}. Looks very tidy, by the way!",
        ),
    ),
    Work(
        "Hot water unit replacement",
        "plumbing",
        1900,
        3400,
        (
            "C Our hot water has been lukewarm since the weekend. Is it worth repairing?",
            "S Hi {first}, the unit is fourteen years old and the anode is gone, so we would replace it. Two options:\n\n1. Like for like, 250 L electric storage\n2. A 270 L heat pump, dearer now, about a third of the running cost\n\nBoth fit on the existing slab.",
            "C Which one would you put in at your own place?",
            "S The heat pump, if you stay for more than four years. It hums a little; the spot by the fence is far from bedrooms.",
            "C Heat pump it is.",
            "N Supplier ETA: Friday. Ring the warehouse before promising a day.",
            "= Booked",
            "S It is on the truck. We are with you on {day} between 7 and 8. You will be without hot water for about four hours.",
            "C No problem, the gym has showers.",
            "F Completion|Work done=270 L heat pump, new tempering valve, old unit removed|Certificate number=CC-{number}|Hours on site=4.5",
            "= Completed",
            "S All done. The temperature needs until this evening to settle. The certificate is in the post.",
            "C Just had the best shower of the year. Thanks to {mate} as well, very friendly.",
        ),
    ),
    Work(
        "Switchboard upgrade",
        "electrical",
        1500,
        2900,
        (
            "S Hi {first}, the quote for the new switchboard is in your portal. It covers RCBOs on every circuit.",
            "C Thanks. Do you need to tell the power company, or do I?",
            "S We do that. They need three business days' notice, the outage is about five hours.",
            "C I work from home on Mondays and Tuesdays, any other day is fine.",
            "N Asbestos backing board likely (built 1974). Take the test kit and bags.",
            "F Safety check|Isolated and tagged=Yes|Tested by={mate}|Hazards found=Backing board sampled, result pending",
            "S The lab says the old board is clear, so no extra cost there.",
            "C That is a relief!",
            "= Booked",
            "S Booked with the network for {day}, 9 am to 2 pm.",
            "C In the calendar.",
            "= Completed",
        ),
    ),
    Work(
        "Bathroom renovation, plumbing",
        "plumbing",
        5200,
        9800,
        (
            "C Hi, we have finally chosen the tiles. When could you do the rough-in?",
            "S Hi {first}, good news. We need the bathroom stripped first; then two days for the rough-in. {day} is the earliest.",
            "C The builder strips it this week. Does the toilet have to move? The plan shows it on the other wall.",
            "S It can move, the floor is timber with good clearance below. It is in the price.",
            "N Falls are tight under the hallway: 65 mm at most. {mate} to measure before we order.",
            "C And can the shower drain be one of those long ones?",
            "S A linear drain works if the tiler knows now. We will leave the 80 mm outlet at the back wall; please tell him the finished height is 22 mm.",
            "C I forwarded that to him. He says thanks and asks whether you waterproof or he does.",
            "S He does, we do not have the licence for it. We come back for the fit-off ten days after.",
            "= In progress",
            "F Site visit|Access=Key in lockbox 0813|Parking=Street, free|Existing installation=Copper, 1990s, sound|Remarks=Dog in the yard, friendly",
            "S Rough-in is done and pressure-tested at 1,500 kPa for an hour, no drop.",
            "C Wonderful. The tiler starts on {day}.",
            "N Vanity has arrived damaged (corner). Photo with the supplier, replacement promised.",
            "S A small delay on our side: the vanity came with a chipped corner, the new one arrives next week. It does not hold up the tiler.",
            "C Thanks for telling me early.",
        ),
    ),
    Work(
        "Blocked stormwater drain",
        "plumbing",
        320,
        950,
        (
            "C Water is standing in the side path after every rain now. Smells of leaves more than anything.",
            "S Hi {first}, we can have a camera there on {day} between 1 and 3 pm. Please keep the grate clear of pots.",
            "C Done. The gate is open.",
            "N Camera: roots at 6.2 m and a dip at 9 m. Jet first, quote the relining separately.",
            "S We cleared it with the jetter. The camera shows roots at about six metres, so it will come back within a year or two. Relining that stretch would end it; shall we send a price?",
            "C Yes, please do. How long would it take?",
            "S Half a day, nothing is dug up.",
            "= Completed",
        ),
    ),
    Work(
        "EV charger, 7 kW",
        "electrical",
        1350,
        2600,
        (
            "C We get the car in three weeks. Is there enough power for a charger and the oven at once?",
            "S There is if the charger watches the mains. The model in the quote does: it slows down while you cook.",
            "C Clever. Can it charge from the solar only?",
            "S Yes, there is a switch for that in its app. We will set it up with you.",
            "= Booked",
            "N Run is 18 m, needs 10 mm². Conduit in grey to match the downpipe, client is particular about looks.",
            "S We are with you on {day} from 8 am, about five hours. Please leave the garage side free.",
            "C Will do. Is it okay if only my father is at home?",
            "S Of course.",
            "F Completion|Work done=7 kW charger, 10 mm² in conduit, load management set to 63 A|Certificate number=CC-{number}|Hours on site=5",
            "= Completed",
            "C It charged last night and the oven did not notice. Thank you!",
        ),
    ),
    Work(
        "Smoke alarms, whole house",
        "electrical",
        650,
        1400,
        (
            "S Hi {first}, eight interconnected alarms as agreed, one in each bedroom and in the hallway on both floors.",
            "C Do they talk to each other by wire or by radio?",
            "S By radio, so no plaster is opened. The batteries last ten years.",
            "C Good. The tenant is home after 4 pm only, number is on the job.",
            "= Booked",
            "N Tenant works nights. Ring, do not knock, before 4.",
            "S All eight are up and tested. The compliance form goes to your agent today.",
            "= Completed",
            "C The agent has it. Thanks for the quick turnaround.",
        ),
    ),
    Work(
        "Split system, living room",
        "electrical",
        1700,
        3100,
        (
            "C Is the outdoor unit loud? The neighbours' bedroom is right behind that fence.",
            "S The one in the quote is 46 dB at one metre, about a quiet conversation. We would put it on rubber feet, one metre from the fence.",
            "C I asked them and they are fine with it.",
            "S Then {day}? We need about five hours and a clear wall of one by two metres inside.",
            "C {day} is good. The sofa will be moved.",
            "F Site visit|Access=Front door|Parking=Driveway|Existing installation=Spare 20 A way on board|Remarks=Brick veneer, pipe run 4 m",
            "= Booked",
            "N Order the white duct, not cream.",
            "= Completed",
            "S It is running. Please clean the two filters every three months; they click out from the front.",
            "C Cool at last. Where do I pay?",
            "S The invoice comes tomorrow from {finance}, seven days.",
        ),
    ),
    Work(
        "Gas heater service",
        "plumbing",
        180,
        420,
        (
            "S Hi {first}, your heater is due for its two-year service and carbon monoxide test. Would {day} suit?",
            "C Mornings only, please.",
            "S Between 8 and 9, then.",
            "= Booked",
            "F Safety check|Isolated and tagged=n/a|Tested by={mate}|Hazards found=None, CO 0 ppm at all registers",
            "= Completed",
            "S Serviced and safe, 0 ppm carbon monoxide. Next one in two years, we will remind you.",
            "C Great, one thing less to think of.",
        ),
    ),
    Work(
        "Leaking tap and mixer",
        "plumbing",
        160,
        480,
        (
            "C The kitchen mixer drips about once a second, and the laundry tap needs two hands.",
            "S We will bring cartridges for both. {day}, between 10 and 12?",
            "C Okay. If the mixer is beyond help, please just replace it, up to $300 is fine.",
            "N Mixer is a discontinued model, take the plain chrome one along.",
            "S The laundry tap has a new washer and seat. The kitchen mixer had to be replaced, $245 with fitting.",
            "C No more dripping. I slept so well.",
            "= Completed",
        ),
    ),
    Work(
        "Downlights, ground floor",
        "electrical",
        900,
        2200,
        (
            "C We would like warm light, not hospital light. What do you suggest?",
            "S 2700 K with a wide beam. We can bring three samples and hold them up in the evening, if you like.",
            "C That would be great. Any evening but Wednesday.",
            "S {mate} comes on {day} at 6 pm.",
            "C The second one! The one in the middle, with the deeper rim.",
            "S Noted: 22 of those, on three dimmers.",
            "N Insulation batts touch the old fittings. IC-rated only, and pull the batts back on the north side.",
            "= Booked",
            "= In progress",
            "S Hallway and dining are finished, the living room follows tomorrow.",
            "C It looks like a different house. In a good way.",
        ),
    ),
    Work(
        "Ceiling fans, three bedrooms",
        "electrical",
        700,
        1500,
        (
            "S Hi {first}, the fans you sent the link for are fine for 2.4 m ceilings. The remote ones need a neutral at the switch, you have it.",
            "C Great. Can the little one's room have the switch lower down?",
            "S At one metre, if you like. It leaves a blank plate at the old height.",
            "C Fine by us.",
            "= Booked",
            "S {day} at 8 am, about half a day.",
            "C See you then. There is a cat; please keep the front door shut.",
            "N Cat!",
            "= Completed",
        ),
    ),
    Work(
        "Rainwater tank and pump",
        "plumbing",
        2400,
        4600,
        (
            "C Does a 5,000 litre tank need approval?",
            "S Not below 10,000 litres and 2.4 m in height. We connect it to toilets and laundry, with an automatic change to mains when it is empty.",
            "C And if the power is out?",
            "S Then mains water takes over by itself, the valve needs no power.",
            "C Okay, then yes to the slimline one, in the dark grey.",
            "N Dark grey is 3 weeks lead time. Told client on the phone, she is fine with it.",
            "= Booked",
            "S The tank comes on {day}. The slab should be swept, the rest is ours.",
            "C Swept and waiting.",
        ),
    ),
    Work(
        "Outdoor lighting and power",
        "electrical",
        850,
        2700,
        (
            "C Could there be a switch for the garden lights both inside and at the shed?",
            "S Yes, two-way. The trench to the shed is 14 metres; if you dig it (500 mm deep) you save about $400.",
            "C My son needs the exercise. We dig.",
            "S Very good. Please leave it open, we lay the conduit and the warning tape.",
            "N Check depth before laying, last time it was 300.",
            "C Trench is done. He measured three times.",
            "S Then {day}.",
            "= Booked",
            "C Super.",
        ),
    ),
    Work(
        "Safety inspection, rental",
        "maintenance",
        240,
        520,
        (
            "S Hi {first}, the two-yearly electrical and gas check of the rental is due. We agree the time with the tenant ourselves.",
            "C Please do. Keys are with the agent if needed.",
            "F Safety check|Isolated and tagged=n/a|Tested by={mate}|Hazards found=One outlet without earth, laundry",
            "S One finding: an outlet in the laundry has no earth. We can put it right on the same visit for $120.",
            "C Yes, do it.",
            "N Agent wants the report as PDF the same day.",
            "= Completed",
            "S Done, and the report with photos is on its way to the agent.",
        ),
    ),
)

LATER: tuple[tuple[str, ...], ...] = (
    (
        "C Quick question: does the invoice go to me or to the body corporate?",
        "S To you, unless you tell us otherwise. Shall we change it?",
        "C No, all good.",
    ),
    (
        "S Would you mind if we come half an hour earlier? The first job moved.",
        "C Not at all, the coffee will be ready.",
        "S Even better.",
    ),
    (
        "C The side gate sticks since it rained. Please lift it a little when you open it.",
        "N Gate: lift, then push. {mate} knows.",
        "S Thank you, we told the crew.",
    ),
    (
        "C My neighbour asks whether you do solar as well.",
        "S We do not, but we know somebody good. May we give them your neighbour's number?",
        "C I will ask her and let you know.",
        "C She says yes: Mel, at number 12. She is home in the evenings.",
        "S Passed on. Thank you for thinking of us.",
    ),
    (
        "S Weather warning for tomorrow: we only work outside if the wind is below 50 km/h. We will write by 6.30 am.",
        "C Understood.",
        "S Wind has dropped, we are on the way.",
        "C See you soon.",
    ),
    (
        "N Client rang: prefers messages here to phone calls, works in a theatre.",
        "S Noted that writing suits you better. We keep everything in here.",
        "C Thank you, that really helps.",
    ),
    (
        "C Could I have the colour of the conduit you used? The painter wants to match it.",
        'S It is "Windspray". A small tin from the hardware shop is plenty.',
        "C Thank you!",
    ),
    (
        "S The part we waited for has arrived. Is {day} still good?",
        "C Yes, after 9 please, school run.",
        "S After 9 it is.",
    ),
    (
        "C Is it normal that the new breaker is warm?",
        "S Slightly warm under load is normal; too hot to keep a finger on is not. How does it feel?",
        "C Slightly warm, then. Good to know.",
        "N If they ask again, send {mate} with the thermal camera. No charge.",
    ),
    (
        "C We are away from the 12th to the 20th, my sister has the key.\n\nHer number: 0491 570 156",
        "S Thank you, we will ring her the day before.",
    ),
    (
        "F Site visit|Parking=Loading zone until 9 am|Remarks=Lift key from concierge",
        "S The concierge wants a work permit for the common area. Could you sign the form they sent you?",
        "C Signed and returned this morning.",
    ),
)

QUOTE_TALK: tuple[tuple[str, ...], ...] = (
    (
        "S Hi {first}, the quote for {title} is in your portal now. It is valid for thirty days.",
        "C Thanks! Is the removal of the old material in it?",
        "S It is, disposal included.",
        "C Then let me talk to my partner tonight.",
    ),
    (
        "C Could you split the price into labour and material? It is for the insurance.",
        "S Of course: roughly 60 % labour, 40 % material. A split version follows today.",
        "C Perfect.",
    ),
    (
        "S Hi {first}, any questions about the quote for {title}? We have a gap on {day}.",
        "C Not yet, we have one more company coming on Thursday.",
        "S No rush at all.",
    ),
    (
        "C Is the price with or without GST?",
        "S With. What you see is what you pay.",
    ),
    ("S Hi {first}, here is the quote for {title}. The cheaper option is on page two.",),
)

FRESH: tuple[str, ...] = (
    "Sorry to bother you so early: the tenant asks if someone is really coming today?",
    "Yes to the extra outlet. Please also leave a spare key with Mrs Hall next door.",
    "We have decided: go ahead with the second option. When could you start?",
    "Quick one: is 7.30 okay instead of 8? I have to be at the airport by ten.",
)
