// Sends the chosen file with a progress bar. Without this script the form sends itself.
"use strict";
(() => {
  const form = document.getElementById("form");
  if (!form) return;
  const file = document.getElementById("file");
  const said = document.getElementById("said");
  const bar = document.getElementById("bar");
  const send = document.getElementById("send");
  const say = (text, state) => { said.textContent = text; said.className = state; };

  file.addEventListener("change", () => {
    if (!file.files.length) return;
    document.getElementById("name").textContent = file.files[0].name;
    const tooBig = file.files[0].size > Number(form.dataset.most);
    say(tooBig ? form.dataset.tooBig : "", "open");
    send.disabled = tooBig;
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!file.files.length) return;
    const request = new XMLHttpRequest();
    send.disabled = true;
    bar.hidden = false;
    say(form.dataset.sending, "going");
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = Math.round((100 * sent.loaded) / sent.total);
    });
    request.addEventListener("load", () => {
      let answer = { text: form.dataset.failed, state: "open" };
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
      say(answer.text, answer.state);
      bar.hidden = true;
      if (answer.state === "open") send.disabled = false;
      else form.remove();
    });
    request.addEventListener("error", () => {
      say(form.dataset.failed, "open");
      bar.hidden = true;
      send.disabled = false;
    });
    request.open("POST", location.href);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  });
})();
