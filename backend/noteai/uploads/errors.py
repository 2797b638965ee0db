"""What is wrong with an upload. Clients act on the code; each has its own HTTP status."""

from noteai.errors import InputError, TransientError


class UploadProblem(InputError):
    """This upload cannot go on."""

    hint = "Start the upload again."


class UploadRefused(UploadProblem):
    """This file was refused."""

    hint = "Upload another file."


class PartsUnfit(UploadProblem):
    """The parts do not make the file."""

    hint = "Ask for the upload's parts, and send those that are missing."
    http_status = 409


class UploadNotFound(UploadProblem):
    """There is no such upload."""

    hint = "Check its id; it may have been deleted."
    http_status = 404


class BadName(UploadProblem):
    """This is no name for a file: it {reason}."""

    hint = "Send the name alone, without folders, of 1 to 255 characters that can be seen."
    field = "name"


class EmptyUpload(UploadRefused):
    """This file is empty."""

    hint = "Choose the recording again: nothing of it arrived."
    field = "size"


class UploadTooLarge(UploadProblem):
    """This file is too large: the limit is {limit} bytes."""

    hint = "Cut the recording into parts, or export it with a lower bitrate."
    field = "size"
    http_status = 413


class TooManyUploads(UploadProblem):
    """There are {limit} unfinished uploads already."""

    hint = "Finish or delete some of them."
    http_status = 429


class TooManyParts(UploadProblem):
    """An upload has at most 10,000 parts."""

    hint = "Send parts of the size that the upload says."
    field = "parts"


class PartsOutOfOrder(UploadProblem):
    """The parts are not listed in the order of their numbers, each once."""

    hint = "List the parts by number, or leave the list out."
    field = "parts"


class PartUnknown(UploadProblem):
    """This upload has no part {number}: its parts are 1 to {count}."""

    hint = "Send parts of the size that the upload says."
    field = "parts"


class PartsMissing(PartsUnfit):
    """Parts are missing: {numbers}."""


class PartSizeWrong(PartsUnfit):
    """Part {number} has {size} bytes and not {expected}."""

    hint = "Send this part again, in the size that the upload says."


class PartMismatch(PartsUnfit):
    """Part {number} is not the one that the store received: the ETags differ."""

    hint = "Send this part again, and complete the upload with its new ETag."
    field = "parts"
    http_status = 422


class PartsReplaced(PartsUnfit):
    """Parts were sent again while the upload was being completed."""

    hint = "Complete the upload once nothing more is being sent."


class UploadUnfinished(UploadProblem):
    """This upload is not complete."""

    hint = "Send the parts that are missing, and complete it."
    http_status = 409


class UploadFinished(UploadProblem):
    """This upload is about to be complete, and can no longer be aborted."""

    hint = "Delete it once it is complete."
    http_status = 409


class UploadInUse(UploadProblem):
    """This upload cannot be deleted: jobs use it."""

    hint = "Delete those jobs first."
    http_status = 409


class UploadAborted(UploadProblem):
    """This upload was aborted."""

    http_status = 410


class UploadExpired(UploadProblem):
    """This upload was not completed in time."""

    http_status = 410


class UploadLost(UploadRefused):
    """The parts of this upload are no longer in the store."""

    hint = "Upload the file again."
    http_status = 410


class SizeMismatch(UploadRefused):
    """This file has not the size that was declared."""

    hint = "Upload it again: it changed or was cut short on the way."


class DigestMismatch(UploadRefused):
    """This file is not the one that was declared: its SHA-256 differs."""

    hint = "Upload it again: it changed on the way."


class NotMedia(UploadRefused):
    """This file is not a recording, whatever its name says."""

    hint = "Upload the recording itself, as mp4, mov, mkv, webm, avi, ts or m4v."
    http_status = 415


class FormUnreadable(UploadProblem):
    """This is not a multipart form that can be read: {reason}."""

    hint = "Send multipart/form-data with one part `file` that has a file name."
    http_status = 400


class FormUnfit(UploadProblem):
    """This form cannot be taken: {reason}."""

    hint = "Send `sha256`, if at all, before `file`, one file, and nothing else."


class UploadBusy(TransientError):
    """This upload is being verified by another request."""

    hint = "Ask for it again in a moment."


REFUSALS: dict[str, type[UploadRefused]] = {
    error().code: error
    for error in (EmptyUpload, UploadLost, SizeMismatch, DigestMismatch, NotMedia)
}
"""By the code that the row of a refused upload keeps."""


class FilesDiscarded(TransientError):
    """Files that were found in the store have been removed meanwhile."""

    hint = "Try again in a moment: they are made or sent anew."
