from uuid import UUID

from sqlalchemy.orm import Mapped

from noteai.database import Base, Dated, Identified

LOCAL = UUID(int=1)
"""The one account there is until accounts have doors of their own."""


class Account(Identified, Dated, Base):
    __tablename__ = "accounts"

    name: Mapped[str]
