// Makes the pages quieter: sends without a reload, fills the second select from the first, and refreshes what is in
// sight. Everything works without it.

const POLL_MS = 10_000;
const FRAGMENT = { "Jobthreads-Fragment": "1" };
// The page brings what is said here in its own language; English needs nothing brought.
const WORDS = JSON.parse(document.querySelector("script[data-jt-words]")?.dataset.jtWords ?? "{}");

function _(message, facts = {}) {
  return (WORDS[message] ?? message).replace(/%\((\w+)\)s/g, (whole, name) => facts[name] ?? whole);
}

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
    for (const form of root.querySelectorAll("form[data-jt-upload]")) new Uploader(form, this);
    // A preview is made a moment after its file came: a picture that is not there yet is asked for again, twice.
    root.addEventListener("error", (event) => this.againLater(event.target), true);
    root.addEventListener("load", (event) => event.target.classList?.remove("jt-waiting"), true);
    for (const picture of root.querySelectorAll("img.jt-thumb-image")) {
      if (picture.complete && !picture.naturalWidth) this.againLater(picture);
    }
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
    if (name) announce(this.root, _("New message from %(name)s", { name }));
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

  againLater(picture) {
    const turn = Number(picture.dataset.jtTurn ?? 0);
    if (!picture.matches?.("img.jt-thumb-image")) return;
    picture.classList.add("jt-waiting");
    if (turn >= 2) return;
    picture.dataset.jtTurn = turn + 1;
    setTimeout(() => picture.setAttribute("src", picture.getAttribute("src")), 3000 * 4 ** turn);
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
      label.append(_("What you wrote"), kept);
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
      this.show({
        detail: _("This could not be sent just now."),
        hint: _("Your text is still here. Check the connection, then send again; nothing will be doubled."),
      });
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
    announce(this.page.root, _("Sent"));
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

function sized(bytes, language) {
  const written = (size) => Math.max(size, 0.1).toLocaleString(language || "en", { maximumFractionDigits: 1 });
  if (bytes >= 1024 * 1024) return _("%(amount)s MB", { amount: written(bytes / (1024 * 1024)) });
  return _("%(amount)s KB", { amount: written(bytes / 1024) });
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// One file on its way: a line with its name, size, progress, and then its result or its reason.
class Sending {
  constructor(file, fields, uploader) {
    Object.assign(this, { file, fields, uploader });
    this.line = element("li", "jt-upload-line");
    const name = element("span", "jt-upload-name", file.name);
    name.dir = "auto";
    this.bar = element("progress", "jt-upload-progress");
    Object.assign(this.bar, { max: 100, value: 0 });
    this.bar.setAttribute("aria-label", _("Sending %(file)s", { file: file.name }));
    this.result = element("span", "jt-upload-result", _("Waiting"));
    const size = sized(file.size, uploader.page.root.lang);
    this.line.append(name, element("span", "jt-upload-size", size), this.bar, this.result);
  }

  // One after the other, so that each is told apart and the first is there soon.
  send() {
    this.line.classList.remove("jt-upload-refused");
    this.line.querySelector("button")?.remove();
    this.bar.hidden = false;
    this.result.textContent = _("Sending");
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.uploader.form.dataset.jtUpload);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) this.bar.value = (100 * event.loaded) / event.total;
        if (event.loaded === event.total) this.result.textContent = _("Checking");
      });
      request.addEventListener("loadend", () => {
        this.answered(request);
        done();
      });
      const body = new FormData();
      for (const [name, value] of Object.entries(this.fields)) body.append(name, value);
      body.append("file", this.file);
      request.send(body);
    });
  }

  answered(request) {
    if (request.status === 201) {
      this.bar.hidden = true;
      this.line.classList.add("jt-upload-stored");
      this.result.textContent = _("Attached");
      return;
    }
    let problem = null;
    try {
      problem = JSON.parse(request.responseText);
    } catch {
      // No answer, or none of ours: nobody knows whether it arrived, and the same request may be sent again.
    }
    this.refuse(problem?.detail ? `${problem.detail} ${problem.hint}` : _("This could not be sent just now."));
    if (!problem?.detail || request.status >= 429) this.offerAgain();
  }

  refuse(words) {
    this.bar.hidden = true;
    this.line.classList.add("jt-upload-refused");
    this.result.textContent = words;
    announce(this.uploader.page.root, `${this.file.name}: ${words}`);
  }

  offerAgain() {
    const again = element("button", "jt-button jt-button-quiet", _("Try again"));
    again.type = "button";
    again.addEventListener("click", () => this.uploader.send([this]));
    this.line.append(again);
  }
}

// The form for files: sends what is chosen or dropped anywhere on its page, one file a request.
class Uploader {
  constructor(form, page) {
    Object.assign(this, { form, page });
    this.input = form.querySelector('input[type="file"]');
    this.list = form.querySelector("[data-jt-uploads]");
    this.sign = page.root.querySelector("[data-jt-drop-sign]");
    this.queue = Promise.resolve();
    for (const button of form.querySelectorAll("[data-jt-without-script]")) button.hidden = true;
    this.input.addEventListener("change", () => {
      this.take(this.input.files);
      this.input.value = "";
    });
    page.root.addEventListener("dragover", (event) => this.over(event));
    page.root.addEventListener("dragleave", (event) => {
      if (!page.root.contains(event.relatedTarget)) this.dropping(false);
    });
    page.root.addEventListener("drop", (event) => this.drop(event));
  }

  carriesFiles(event) {
    return event.dataTransfer?.types.includes("Files");
  }

  over(event) {
    if (!this.carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.dropping(true);
  }

  drop(event) {
    if (!this.carriesFiles(event)) return;
    event.preventDefault();
    this.dropping(false);
    this.take(event.dataTransfer.files);
  }

  dropping(on) {
    this.page.root.classList.toggle("jt-dropping", on);
    if (!this.sign) return;
    this.sign.textContent = (this.chosen ?? this.sign).dataset.jtDrop;
    this.sign.hidden = !on;
  }

  get chosen() {
    return this.form.querySelector('input[name="visibility"]:checked');
  }

  take(files) {
    this.form.closest("details")?.setAttribute("open", "");
    const limit = Number(this.form.dataset.jtLimit), most = Number(this.form.dataset.jtMost);
    const sendings = Array.from(files, (file) => {
      const fields = { request_id: freshId() };
      if (this.chosen) fields.visibility = this.chosen.value;
      return new Sending(file, fields, this);
    });
    this.list.replaceChildren(...sendings.map((one) => one.line));
    const going = [];
    for (const [place, one] of sendings.entries()) {
      if (place >= most) one.refuse(_("Too many files at once: the most is %(most)s. Attach this one again by itself.", { most }));
      else if (one.file.size > limit) one.refuse(_("The file is larger than %(size)s.", { size: this.form.dataset.jtSize }));
      else going.push(one);
    }
    this.send(going);
  }

  send(sendings) {
    this.queue = this.queue.then(async () => {
      for (const one of sendings) await one.send();
      const stored = sendings.filter((one) => one.line.classList.contains("jt-upload-stored"));
      if (stored.length) announce(this.page.root, _("Files attached: %(stored)s of %(all)s", { stored: stored.length, all: sendings.length }));
      await this.page.refresh();
    });
    return this.queue;
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
    this.offer([], chosen ? _("Looking…") : _("Choose a client first"), "");
    if (!chosen) return;
    try {
      const answer = await fetch(`${this.root.dataset.jtNew}?${new URLSearchParams({ client: chosen })}`);
      const found = await answer.json();
      if (chosen !== this.client.value) return;
      if (!answer.ok) this.offer([], _("Nothing to choose"), `${found.detail} ${found.hint}`);
      else this.offer(found.scopes, found.scopes.length ? _("Choose a job or quote") : _("Nothing to choose"), found.nothing);
    } catch {
      this.offer([], _("Nothing to choose"), _("The list cannot be had just now. Choose the client again in a moment."));
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
