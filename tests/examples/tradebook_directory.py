"""The contract of the Django example's directory; run inside that project by `test_tradebook_django`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import jobthreads as jt
from jobthreads.testing import DirectoryContract, KnownDirectory
from tradebook_django import models
from tradebook_django.threads import Directory


@pytest.mark.django_db
class TestTradebookDirectory(DirectoryContract):
    @pytest.fixture
    def known(self):
        acme = models.Business.objects.create(name="Acme Electrical")
        other = models.Business.objects.create(name="Elsewhere Ltd", portal_enabled=False)
        owner = models.Staff.objects.create(business=acme, username="kim", name="Kim Lee", role="business_owner")
        tradie = models.Staff.objects.create(business=acme, username="sam", name="Sam Okafor", role="tradie")
        models.Staff.objects.create(business=other, username="pat", name="Pat Else", role="admin")
        dana = models.Client.objects.create(business=acme, code="c1", name="Dana Reyes", email="dana@example.com")
        lee = models.Client.objects.create(business=acme, code="c2", name="Lee_Novak", notify_on_replies=False)
        models.Client.objects.create(business=other, code="c3", name="Dana Elsewhere")
        pipeline = models.Pipeline.objects.create(business=acme, slug="electrical", name="E", client_uploads=True)
        facts = {"business": acme, "client": dana, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
        first = models.Job.objects.create(id=1042, pipeline=pipeline, reference="J-1042", title="Rewire", **facts)
        first.assigned.add(tradie)
        models.Job.objects.create(id=1043, pipeline=pipeline, reference="J-1043", title="Oven", **facts)
        models.Quote.objects.create(id=88, reference="Q-88", title="Board", amount=10, sent_to_portal=True, **facts)
        models.Quote.objects.create(id=89, reference="Q-89", title="Lights", amount=10, **facts | {"client": lee})
        business_id, dana_id, lee_id = str(acme.pk), str(dana.pk), str(lee.pk)
        ours = {"business_id": business_id, "client_id": dana_id}
        return KnownDirectory(
            directory=Directory(),
            business=jt.Business(id=business_id, name="Acme Electrical", portal_enabled=True),
            other_business=jt.Business(id=str(other.pk), name="Elsewhere Ltd", portal_enabled=False),
            team=[
                jt.Staff(id=str(owner.pk), business_id=business_id, name="Kim Lee", role=jt.Role.BUSINESS_OWNER),
                jt.Staff(id=str(tradie.pk), business_id=business_id, name="Sam Okafor", role=jt.Role.TRADIE),
            ],
            clients=[
                jt.Client(id=dana_id, business_id=business_id, name="Dana Reyes", email="dana@example.com"),
                jt.Client(id=lee_id, business_id=business_id, name="Lee_Novak", email=None, notify_on_replies=False),
            ],
            records=[
                jt.Job(id="1043", reference="J-1043", title="Oven", client_uploads=True, **ours),
                jt.Job(
                    id="1042",
                    reference="J-1042",
                    title="Rewire",
                    client_uploads=True,
                    assigned_to=[str(tradie.pk)],
                    **ours,
                ),
                jt.Quote(id="88", reference="Q-88", title="Board", sent_to_portal=True, **ours),
                jt.Quote(id="89", reference="Q-89", title="Lights", business_id=business_id, client_id=lee_id),
            ],
        )

    @pytest.mark.parametrize("written", ["01042", "+1042", "1_042", "١٠٤٢", "1042.0"])
    def test_an_id_is_known_in_one_spelling(self, known, written):
        """What Python would read as the same number is another id."""
        records = known.directory.records(known.business.id, [jt.Scope(kind=jt.ScopeKind.JOB, id=written)])
        assert {} == dict(records)
