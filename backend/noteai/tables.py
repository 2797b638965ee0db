"""All tables, in one import: for migrations, and for whatever asks across features."""

from noteai.accounts import models as accounts
from noteai.database import Base
from noteai.jobs import models as jobs
from noteai.results import models as results
from noteai.uploads import models as uploads
from noteai.webhooks import models as webhooks

__all__ = ["Base", "accounts", "jobs", "results", "uploads", "webhooks"]
