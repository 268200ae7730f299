"""A company in the host's own models, with one person of each side."""

from __future__ import annotations

from jobthreads import Scope
from tests.django.trade import threads as host
from tests.django.trade.models import Company, Customer, Job, Quote, User


class Office:
    """Acme with its owner Kim, the tradie Tom who is on the job, and the client Dana with a job and a quote."""

    def __init__(self) -> None:
        self.acme = Company.objects.create(name="Acme Electrical")
        self.kim_row = User.objects.create_user("kim", password="kim", company=self.acme, first_name="Kim")
        self.tom_row = User.objects.create_user("tom", password="tom", company=self.acme, role="tradie")
        login = User.objects.create_user("dana", password="dana", company=self.acme)
        self.dana_row = Customer.objects.create(
            company=self.acme, login=login, name="Dana Reyes", email="dana@example.com"
        )
        facts = {"company": self.acme, "customer": self.dana_row}
        self.job_row = Job.objects.create(**facts, number="J-1042", title="Kitchen rewire")
        self.job_row.crew.add(self.tom_row)
        self.quote_row = Quote.objects.create(**facts, number="Q-88", title="Solar panels", sent=True)
        self.kim, self.tom = host.staff(self.kim_row), host.staff(self.tom_row)
        self.dana = host.client(self.dana_row)
        self.job = Scope.job(str(self.job_row.pk))
        self.quote = Scope.quote(str(self.quote_row.pk))
