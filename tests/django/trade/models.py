"""Jobs have whole numbers for keys, quotes have UUIDs, and people are the project's own user model."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class Company(models.Model):
    name = models.CharField(max_length=100)
    portal_enabled = models.BooleanField(default=True)


class User(AbstractUser):
    company = models.ForeignKey(Company, models.CASCADE, null=True)
    role = models.CharField(max_length=30, default="business_owner")


class Customer(models.Model):
    company = models.ForeignKey(Company, models.CASCADE)
    login = models.OneToOneField(User, models.SET_NULL, null=True)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    notify_on_replies = models.BooleanField(default=True)


class Record(models.Model):
    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE)
    number = models.CharField(max_length=30)
    title = models.CharField(max_length=200)

    class Meta:
        abstract = True


class Job(Record):
    crew = models.ManyToManyField(User)
    customer_can_upload = models.BooleanField(default=False)


class Quote(Record):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sent = models.BooleanField(default=False)
