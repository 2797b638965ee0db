"""How the command line says that a lecture has nothing worth a clip."""

EMPTY_STATUS = 3
NO_HIGHLIGHTS = "[bold]No highlights:[/] nothing in this lecture was found worth a clip."
