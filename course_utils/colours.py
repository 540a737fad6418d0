"""The course's colours, told apart by colour-blind readers too: Okabe and Ito (2008), "Color Universal Design"."""

BLUE, VERMILION, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
ORANGE, SKY, YELLOW, BLACK = "#e69f00", "#56b4e9", "#f0e442", "#000000"
GREY = "#999999"
