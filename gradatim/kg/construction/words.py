"""Words of the language of teaching that name no concept of any subject."""

from __future__ import annotations

EMPTY_MODIFIERS = frozenset(
    """
    able above actual additional alternative appropriate available bad basic best better big brief certain clear close
    common complete complex complicated concise convenient corresponding current desired different difficult direct
    easy entire equal equivalent exact explicit extra familiar famous few final fine first following full further
    general given good great handy helpful huge ideal immediate important individual initial intended interesting last
    late latter less likely little long main major many minor more most much multiple natural necessary new next nice
    normal obvious occasional old only ordinary original other own particular perfect plain popular possible potential
    powerful practical precise present previous primary proper quick quite rare rarely real reasonable recent related
    relevant required respective right same second separate several short similar simple single slight small some
    special specific specified standard straightforward strange strict strong subsequent such suitable sure surprising
    third tiny total traditional true typical unique unusual useful usual various very well whole wide wrong
    above-mentioned aforementioned called following resulting existing surrounding desired supplied based preceding
    named enclosing trying making using having getting writing reading giving doing being going coming
    """.split()
)
"""Describing words that make no term with the noun behind them."""

EMPTY_NOUNS = frozenset(
    """
    ability access account addition advantage advice amount answer anything approach area aspect attempt author b bar
    basis beginner behavior behaviour benefit bit book bottom bunch c case cause chance chapter choice circumstance
    combination comment community company complexity concern conclusion condition confusion consequence consideration
    convenience couple course day deal decision default degree description detail difference difficulty discussion
    distinction document documentation earlier ease edition effect effort end everything example excerpt experience
    explanation extent fact favor favour feature few find focus follow form foo general goal good group half hand
    help hint history hour idea idiom illustration impression information instance intention interest introduction
    issue kind lack language later learner lesson lesser level line look lot machine manner manual matter meaning
    means mention mind minute moment month name need none note nothing notice number numbers occasion one opinion
    option order other others page paragraph part parts past people period person piece place plan plenty point
    possibility practice precedence preference presence problem process product programmer project properties
    proposal purpose question rate reader reason recipe reference rest result results role rule run s section sense
    series session share sheet side situation size so solution something sort spam start step student stuff
    style subject summary surprise task team technique term text thanks thing time tip title today top topic total
    tradition trick trouble tutorial use user usage variant variety version view warning way week while
    word work world year
    """.split()
)
"""Nouns of ordinary language. One of them is a concept only where the text defines or stresses it."""
