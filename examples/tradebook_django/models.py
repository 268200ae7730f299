"""Tradebook's own tables: what a trades business keeps, with or without jobthreads."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from tradebook.company import FIELD_ROLES, FORMS, ROLES, STATUSES


class Business(models.Model):
    """The company."""

    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=200)
    suburb = models.CharField(max_length=200)
    portal_enabled = models.BooleanField(default=True)


class Staff(AbstractBaseUser):
    """Someone who works there: the project's user model."""

    business = models.ForeignKey(Business, models.CASCADE)
    username = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=ROLES.items())

    objects = BaseUserManager["Staff"]()

    USERNAME_FIELD = "username"

    class Meta:
        """By name, wherever people are listed."""

        ordering = ["name"]

    @property
    def in_office(self) -> bool:
        """Whether they see more than the jobs they are assigned to."""
        return self.role not in FIELD_ROLES


class Client(models.Model):
    """A customer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(unique=True)
    business = models.ForeignKey(Business, models.CASCADE)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=200)
    address = models.CharField(max_length=200)
    notify_on_replies = models.BooleanField(default=True)

    class Meta:
        """By name, wherever customers are listed."""

        ordering = ["name"]


class Pipeline(models.Model):
    """How one kind of work runs through the business."""

    slug = models.SlugField(unique=True)
    business = models.ForeignKey(Business, models.CASCADE)
    name = models.CharField(max_length=200)
    client_uploads = models.BooleanField(default=False)


class Quote(models.Model):
    """A price offered to a client."""

    business = models.ForeignKey(Business, models.CASCADE)
    client = models.ForeignKey(Client, models.PROTECT, related_name="quotes")
    reference = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    amount = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    sent_to_portal = models.BooleanField(default=False)

    class Meta:
        """Newest first."""

        ordering = ["-id"]


class Job(models.Model):
    """Work for a client."""

    business = models.ForeignKey(Business, models.CASCADE)
    client = models.ForeignKey(Client, models.PROTECT, related_name="jobs")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT)
    reference = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=[(name, name) for name in STATUSES])
    address = models.CharField(max_length=200)
    scheduled_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    assigned = models.ManyToManyField(Staff, related_name="jobs")

    class Meta:
        """Newest first."""

        ordering = ["-id"]


class FormAnswer(models.Model):
    """One filled field of one of a job's forms."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="answers")
    form = models.CharField(max_length=200, choices=[(name, name) for name in FORMS])
    field = models.CharField(max_length=200)
    value = models.CharField(max_length=2000)

    class Meta:
        """One answer to a field."""

        constraints = [models.UniqueConstraint(fields=["job", "form", "field"], name="one_answer")]
