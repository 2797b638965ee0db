"""What is wrong with a request about webhooks. Clients act on the code."""

from noteai.errors import InputError


class WebhookNotFound(InputError):
    """There is no such webhook."""

    hint = "Check its id; it may have been deleted, or its job."
    http_status = 404


class DeliveryNotFound(InputError):
    """There is no such delivery of this webhook."""

    hint = "Check its id; deliveries are kept for 30 days."
    http_status = 404


class TargetRefused(InputError):
    """Nothing is sent to this address: {reason}."""

    hint = "Give the https address of a server that can be reached from the internet."
    field = "url"


class SecretRefused(InputError):
    """This is no secret for a webhook: it {reason}."""

    hint = "Leave it out to have one made, or send whsec_ and the base64 of 24 to 64 random bytes."
    field = "secret"


class TooManyWebhooks(InputError):
    """There are {limit} webhooks already."""

    hint = "Delete one that is no longer needed, or have it told of more events."
    http_status = 429


class WebhookDisabled(InputError):
    """This webhook is disabled."""

    hint = "Enable it with PATCH and `is_enabled`, and ask again."
    http_status = 409
