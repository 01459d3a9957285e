"""Words to suggest a sign-in word and a passphrase from: short, plain, and about nothing."""

from __future__ import annotations

import secrets

_KINDS = """
    amber brisk broad calm clear cosy crisp early even fair fine firm fond gentle glad golden
    grand green happy honest humble keen kind large late level light little long lucky mellow
    merry mild neat new noble north open patient plain proud quick quiet rapid ready round royal
    ruby russet silent silver simple slow small smooth soft solid south spare steady still sunny
    swift tall tidy true violet warm west whole wide wise witty woolly young
"""
_THINGS = """
    acorn anchor apple apron arch arrow atlas attic badge bagel baker basil basin basket beach
    beacon beam bean bell bench berry bicycle birch biscuit blanket boat bonnet book boot border
    bowl branch bread breeze brick bridge brook broom brush bucket bulb bundle bush button cabin
    cable candle canoe canvas cap cape carpet carrot castle cedar cellar chain chair chalk chapel
    cherry chest chime circle cliff clock cloth cloud clover coat cobble coin collar comb compass
    cord corner cotton couch court cradle crane crate cricket crown cuckoo cup curtain cushion
    daisy deck desk dome donkey door dove drawer drum duck dune eagle echo elbow elm engine fabric
    falcon farm fern ferry fiddle field finch flag flame flannel flour flute fog fold forest fork
    fountain fox frame frost gallery garden garlic gate ginger glacier glove goose gravel guitar
    hamlet hammer hammock harbour harp hat hawk hazel heath hedge helmet heron hill hinge honey
    hood hook horn horse house iris island ivory ivy jacket jar jetty jigsaw jug juniper kettle
    key kite kitten knot lace ladder lagoon lake lamp lantern larch lark lavender leaf ledge lemon
    lentil letter lichen lilac lily linen lion locket log loom lupin magnet mallet mango mantle
    map maple marble market marsh mast meadow melon mill mint mirror mitten moon moss mountain
    mug mule museum mustard napkin needle nest nettle nickel notch nutmeg oak oar oasis oat ocean
    olive onion orbit orchard otter oven owl oyster paddle page paint palm pan paper parcel park
    parsley path pasture pear pebble pencil pepper piano picnic pigeon pillow pine plank plate
    plum pocket pond pony poplar porch porridge postcard potato prairie puddle pumpkin puzzle
    quarry quill quilt rabbit radish raft rain raisin ramp raven reed ribbon ridge river road robe
    robin rocket roof rope rose rudder rug saddle sail salad salmon sand sandal satchel saucer
    scarf school screw seal seed shed sheep shelf shell shirt shoe shore signal sketch slate
    sleeve slipper snow soap sock sofa spade sparrow spice spindle sponge spoon spring spruce
    square stable stair stamp station steam stem stone stool storm stove straw stream string
    summit swallow swan sweater swing table tailor tambourine tapestry teapot temple tent thimble
    thistle thread thunder ticket tile timber toast tomato torch towel tower tractor trail train
    tray tree trumpet trunk tulip tunnel turnip turtle umbrella valley vase velvet veranda vest
    village vine violin wagon wallet walnut water wave weather well whale wharf wheat wheel
    whistle willow wind window wing winter wood wool wren yard yarn yoghurt zebra zipper
"""
KINDS, THINGS = _KINDS.split(), _THINGS.split()
IN_PASSPHRASE = 5
"""Of about 500 words: 45 bits, guessed ten times an hour at most."""


def sign_in_word() -> str:
    """Like quiet-lamp-42."""
    number = 10 + secrets.randbelow(90)
    return f"{secrets.choice(KINDS)}-{secrets.choice(THINGS)}-{number}"


def passphrase() -> str:
    """A few words with spaces between."""
    return " ".join(secrets.choice(KINDS + THINGS) for _ in range(IN_PASSPHRASE))


def suggests(passphrase: str) -> bool:
    """Whether this is one that we suggest."""
    given = passphrase.split(" ")
    return len(given) == IN_PASSPHRASE and {*given} <= {*KINDS, *THINGS}
