"""Tradebook's own tables: what a trades business keeps, with or without jobthreads."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import DateTime, ForeignKey, String, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class AwareTime(TypeDecorator[datetime]):
    """A moment in UTC, which SQLite alone would give back without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Write UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Read UTC."""
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    """All of Tradebook's tables."""

    type_annotation_map = {str: String(200), datetime: AwareTime()}


class Business(Base):
    """The company."""

    __tablename__ = "business"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]
    suburb: Mapped[str]
    portal_enabled: Mapped[bool] = mapped_column(default=True)


class Staff(Base):
    """Someone who works there."""

    __tablename__ = "staff"
    id: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[str] = mapped_column(ForeignKey("business.id"))
    name: Mapped[str]
    role: Mapped[str]


class Client(Base):
    """A customer."""

    __tablename__ = "client"
    id: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[str] = mapped_column(ForeignKey("business.id"))
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str]
    address: Mapped[str]
    notify_on_replies: Mapped[bool] = mapped_column(default=True)


class Pipeline(Base):
    """How one kind of work runs through the business."""

    __tablename__ = "pipeline"
    id: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[str] = mapped_column(ForeignKey("business.id"))
    name: Mapped[str]
    client_uploads: Mapped[bool] = mapped_column(default=False)


class Quote(Base):
    """A price offered to a client."""

    __tablename__ = "quote"
    id: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[str] = mapped_column(ForeignKey("business.id"))
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), index=True)
    reference: Mapped[str]
    title: Mapped[str]
    amount: Mapped[int]
    created_at: Mapped[datetime]
    sent_to_portal: Mapped[bool] = mapped_column(default=False)
    client: Mapped[Client] = relationship()


class Job(Base):
    """Work for a client."""

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[str] = mapped_column(ForeignKey("business.id"))
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), index=True)
    pipeline_id: Mapped[str] = mapped_column(ForeignKey("pipeline.id"))
    reference: Mapped[str]
    title: Mapped[str]
    status: Mapped[str]
    address: Mapped[str]
    scheduled_on: Mapped[date | None]
    created_at: Mapped[datetime]
    client: Mapped[Client] = relationship()
    pipeline: Mapped[Pipeline] = relationship()
    assigned: Mapped[list[Staff]] = relationship(secondary="assignment", order_by=Staff.name)
    answers: Mapped[list[FormAnswer]] = relationship(back_populates="job")


class Assignment(Base):
    """Who works on which job."""

    __tablename__ = "assignment"
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)


class FormAnswer(Base):
    """One filled field of one of a job's forms."""

    __tablename__ = "form_answer"
    job_id: Mapped[str] = mapped_column(ForeignKey("job.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(2000))
    job: Mapped[Job] = relationship(back_populates="answers")
