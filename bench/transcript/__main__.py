from bench.table import table
from bench.transcript import quality, speed

print(table([*quality(), *speed()]))
