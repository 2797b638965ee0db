"""What is wrong with a request about a job. Clients act on the code."""

from noteai.errors import InputError


class JobNotFound(InputError):
    """There is no such job."""

    hint = "Check its id; it may have been deleted."
    http_status = 404


class JobEnded(InputError):
    """This job has ended: it is {state}."""

    hint = "Its results stay until it is deleted."
    http_status = 409


class JobNotEnded(InputError):
    """This job has not ended: it is {state}."""

    hint = "Cancel it first."
    http_status = 409


class JobNotRetryable(InputError):
    """This job cannot be tried again: {reason}."""

    hint = "Submit a new job: what was made before is used again."
    http_status = 409


class IdempotencyConflict(InputError):
    """This idempotency key came with another request before."""

    hint = "Use a new key for a new request, and send a repeated request unchanged."
    http_status = 409
    field = "Idempotency-Key"


class UploadNotUsable(InputError):
    """No job can be made of this upload: it is {state}."""

    hint = "Upload the file again, and submit a job for the new upload."
    http_status = 409
    field = "upload_id"


class OneUploadWanted(InputError):
    """A job is made of one upload, and {count} were named."""

    hint = "Send the `upload_id` of one that there is, or an `upload` to declare a new one."
    field = "upload_id"


class JobOverdue(InputError):
    """This job did not end within the time that jobs are given."""

    hint = "Try it again: finished stages are kept."


class WorkerLost(InputError):
    """The worker that did this stage was lost {times} times."""

    hint = "Try it again; if it happens again, tell the operator: a worker may lack memory."


class WorkflowChanged(InputError):
    """This job was begun by another version of NoteAI, with other stages."""

    hint = "Submit a new job: what can be used again is."
