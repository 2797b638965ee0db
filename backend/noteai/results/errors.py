"""What is wrong with a request for results. Clients act on the code."""

from noteai.errors import InputError, TransientError


class JobNotFinished(InputError):
    """This job has no results to show: it is {state}{why}."""

    hint = "{remedy}"
    http_status = 409


class ResultAbsent(InputError):
    """This job has no such result: its stage `{stage}` was switched off, or gave none."""

    hint = "See the job's stages and warnings; submit it again with this stage."
    http_status = 404


class TooManyArchives(TransientError):
    """Too many archives are being fetched."""

    hint = "Try again in a moment."


class ClipNotFound(InputError):
    """This job has no clip {rank}."""

    hint = "GET /api/v1/results/{job} lists its clips."
    http_status = 404


class ClipChanged(InputError):
    """This clip was changed meanwhile: it is at revision {revision}."""

    hint = "Get it again, and send the change with its new ETag."
    http_status = 412
    field = "If-Match"


class SpanUnfit(InputError):
    """A clip cannot play from {start} to {end} seconds: {reason}."""

    hint = "It lasts {shortest} to {longest} seconds of a recording of {duration} seconds."
    field = "end"


class WordNotInClip(InputError):
    """The word {word} is not said in this clip."""

    hint = "Name words by the ids that the clip's `words` have."
    field = "captions.words"


class EditCancelled(InputError):
    """The change of this clip was cancelled."""

    hint = "Send it again; the clip is as it was before."


class NotAcceptable(InputError):
    """The transcript cannot be had as {accept}."""

    hint = "It is there as application/json, text/plain, text/vtt and application/x-subrip."
    http_status = 406
