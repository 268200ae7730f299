// Makes the pages quieter: sends without a reload, fills the second select from the first, and refreshes what is in
// sight. Everything works without it.

const POLL_MS = 10_000;
const FRAGMENT = { "Jobthreads-Fragment": "1" };
const OFFLINE = {
  detail: "This could not be sent just now.",
  hint: "Your text is still here. Check the connection, then send again; nothing will be doubled.",
};

function freshId() {
  // crypto.randomUUID is there in secure contexts only, and an office may run on plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function postJson(address, value) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(value),
  });
}

function announce(page, words) {
  const place = page.querySelector("[data-jt-announce]");
  if (place) place.textContent = words;
}

// What is on a page and changes by itself.
class LivePage {
  constructor(root) {
    this.root = root;
    this.etag = null;
    this.marked = null;
    this.busy = false;
    this.over = false;
    this.inSight = new Set();
    this.observer = new IntersectionObserver((seen) => {
      for (const one of seen) this.inSight[one.isIntersecting ? "add" : "delete"](one.target);
      this.mark();
    });
    for (const part of root.querySelectorAll("[data-jt-read]")) this.observer.observe(part);
    for (const form of root.querySelectorAll("form[data-jt-send]")) new Sender(form, this);
    setInterval(() => this.refresh(), POLL_MS);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.refresh();
      this.mark();
    });
  }

  async refresh() {
    const address = this.root.dataset.jtRefresh;
    if (!address || document.hidden || this.busy || this.over) return;
    this.busy = true;
    try {
      const headers = this.etag ? { ...FRAGMENT, "If-None-Match": this.etag } : FRAGMENT;
      const answer = await fetch(address, { headers, cache: "no-store" });
      if (answer.status === 304) return;
      if (answer.ok) {
        this.etag = answer.headers.get("ETag");
        this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } else if ([401, 403, 404].includes(answer.status)) {
        this.close(new DOMParser().parseFromString(await answer.text(), "text/html"));
      }
    } catch {
      // Offline: the next turn tries again.
    } finally {
      this.busy = false;
    }
  }

  take(incoming) {
    const known = new Set(Array.from(this.root.querySelectorAll("[data-jt-line]"), (line) => line.dataset.jtLine));
    for (const part of this.root.querySelectorAll("[data-jt-part]")) {
      const other = incoming.querySelector(`[data-jt-part="${part.dataset.jtPart}"]`);
      if (other) this.swap(part, other);
    }
    const seen = incoming.querySelector('input[name="if_seen"]');
    const field = this.root.querySelector('input[name="if_seen"]');
    if (seen && field) field.value = seen.value;
    const news = Array.from(this.root.querySelectorAll(".jt-theirs[data-jt-line]")).filter(
      (line) => !known.has(line.dataset.jtLine),
    );
    const name = news.at(-1)?.querySelector(".jt-name")?.textContent;
    if (name) announce(this.root, `New message from ${name}`);
    this.mark();
  }

  swap(part, other) {
    if (other.dataset.jtUpto !== undefined) part.dataset.jtUpto = other.dataset.jtUpto;
    const hadNew = part.querySelector(".jt-new");
    const firstNew = hadNew?.nextElementSibling?.id;
    const again = firstNew && !other.querySelector(".jt-new") && other.querySelector(`[id="${firstNew}"]`);
    // Reading takes "New" away on the server; for the eye that is reading, it stays where it was.
    if (again) again.before(hadNew.cloneNode(true));
    if (part.innerHTML === other.innerHTML) return;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.replaceChildren(...other.childNodes);
    if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }

  // Access has changed: what was here is gone at once, but for what the person was writing.
  close(incoming) {
    this.over = true;
    const typed = this.root.querySelector("textarea[name=text]")?.value;
    const refusal = incoming.querySelector(".jt-refusal");
    if (!refusal) {
      if (!typed) location.reload();
      return;
    }
    if (typed) {
      const label = document.createElement("label");
      label.className = "jt-label";
      const kept = document.createElement("textarea");
      Object.assign(kept, { className: "jt-textarea", readOnly: true, rows: 6, value: typed });
      label.append("What you wrote", kept);
      refusal.append(label);
    }
    this.root.className = "jobthreads jt-page";
    this.root.replaceChildren(...refusal.childNodes);
  }

  async mark() {
    if (document.hidden || this.over) return;
    for (const part of this.inSight) {
      const upto = part.dataset.jtUpto;
      if (!upto || upto === "0" || upto === this.marked) continue;
      this.marked = upto;
      try {
        await postJson(part.dataset.jtRead, { upto: /^\d+$/.test(upto) ? Number(upto) : upto });
      } catch {
        this.marked = null;
      }
    }
  }
}

// A composer: sends by the API, and keeps the text until it is safely stored.
class Sender {
  constructor(form, page) {
    this.form = form;
    this.page = page;
    this.text = form.elements.namedItem("text");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  }

  field(name) {
    return this.form.querySelector(`input[type="hidden"][name="${name}"]`);
  }

  value() {
    const value = { text: this.text.value, request_id: this.field("request_id").value };
    const seen = this.field("if_seen");
    if (seen) value.if_seen = Number(seen.value);
    const chosen = this.form.querySelector('input[name="visibility"]:checked');
    if (chosen) value.visibility = chosen.value;
    return value;
  }

  async send() {
    if (this.form.classList.contains("jt-sending")) return;
    this.busy(true);
    try {
      const answer = await postJson(this.form.dataset.jtSend, this.value());
      if (answer.ok) await this.sent();
      else await this.refused(await answer.json());
    } catch {
      this.show(OFFLINE);
    } finally {
      this.busy(false);
    }
  }

  busy(on) {
    this.form.classList.toggle("jt-sending", on);
    this.form.setAttribute("aria-busy", String(on));
    // readOnly and not disabled, which would take the focus away.
    this.text.readOnly = on;
  }

  async sent() {
    this.text.value = "";
    this.field("request_id").value = freshId();
    this.show(null);
    announce(this.page.root, "Sent");
    await this.page.refresh();
    this.text.focus();
  }

  async refused(problem) {
    if (problem.code === "request-reused") this.field("request_id").value = freshId();
    if (problem.code === "thread-moved") await this.page.refresh();
    this.show(problem);
    this.text.focus();
  }

  show(problem) {
    const box = this.form.querySelector("[data-jt-error]");
    box.querySelector(".jt-error-sentence").textContent = problem?.detail ?? "";
    box.querySelector(".jt-error-hint").textContent = problem?.hint ?? "";
    box.hidden = !problem;
    this.text.setAttribute("aria-invalid", String(Boolean(problem)));
  }
}

// New conversation: the second select fills from the first.
class Choosing {
  constructor(root) {
    this.root = root;
    this.client = root.querySelector("[data-jt-client]");
    this.scope = root.querySelector("[data-jt-scope]");
    if (!this.client || !this.scope) return;
    const searches = root.querySelector('input[name="text"]');
    for (const button of root.querySelectorAll("[data-jt-without-script]")) button.hidden = !searches;
    this.client.addEventListener("change", () => this.fill());
    // A browser may bring a choice back that the page was not made for.
    if (this.client.value !== root.querySelector("[data-jt-client-value]").value) this.fill();
  }

  async fill() {
    const chosen = this.client.value;
    this.root.querySelector("[data-jt-client-value]").value = chosen;
    this.offer([], chosen ? "Looking…" : "Choose a client first", "");
    if (!chosen) return;
    try {
      const answer = await fetch(`${this.root.dataset.jtNew}?${new URLSearchParams({ client: chosen })}`);
      const found = await answer.json();
      if (chosen !== this.client.value) return;
      if (!answer.ok) this.offer([], "Nothing to choose", `${found.detail} ${found.hint}`);
      else this.offer(found.scopes, found.scopes.length ? "Choose a job or quote" : "Nothing to choose", found.nothing);
    } catch {
      this.offer([], "Nothing to choose", "The list cannot be had just now. Choose the client again in a moment.");
    }
  }

  offer(scopes, first, nothing) {
    const options = scopes.map((one) => new Option(`${one.reference} ${one.title}`, `${one.kind}:${one.id}`));
    this.scope.replaceChildren(new Option(first, ""), ...options);
    this.scope.disabled = !scopes.length;
    this.root.querySelector("[data-jt-record-form] button[type=submit]").disabled = !scopes.length;
    this.root.querySelector("[data-jt-nothing]").textContent = nothing;
  }
}

for (const root of document.querySelectorAll("[data-jt-page], [data-jt-new]")) root.classList.add("jt-scripted");
for (const root of document.querySelectorAll("[data-jt-page]")) new LivePage(root);
for (const root of document.querySelectorAll("[data-jt-new]")) new Choosing(root);
