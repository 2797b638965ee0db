"""What is wrong with a request for results. Clients act on the code."""

from noteai.errors import InputError


class JobNotFinished(InputError):
    """This job has no results to show: it is {state}{why}."""

    hint = "{remedy}"
    http_status = 409


class ResultAbsent(InputError):
    """This job has no such result: its stage `{stage}` was switched off, or gave none."""

    hint = "See the job's stages and warnings; submit it again with this stage."
    http_status = 404


class NotAcceptable(InputError):
    """The transcript cannot be had as {accept}."""

    hint = "It is there as application/json, text/plain, text/vtt and application/x-subrip."
    http_status = 406
