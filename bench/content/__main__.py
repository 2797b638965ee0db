from bench.content import quality, speed
from bench.table import table

print(table([*quality(), *speed()]))
