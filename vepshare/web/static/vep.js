// What pages gain from script: hiding at once, locking when left alone, not losing text.
// Every page works without it.

const mask = document.querySelector("#mask");
const heading = mask?.querySelector("h1");
const neutralAddress = document.querySelector("[data-mask]")?.href;

// ---- « Masquer » ----------------------------------------------------------------------------

const DOUBLE_PRESS_MS = 600;
// Somebody who is startled presses Escape three or four times: that must not uncover the page.
const NO_RETURN_MS = 1000;

let uncovered = null;
let maskedAt = 0;
let locked = false;
let lastEscape = 0;

function hidePage() {
  if (!mask || uncovered) return;
  const others = [...document.body.children].filter((part) => part !== mask && !part.hidden);
  uncovered = {
    others,
    title: document.title,
    address: location.href,
    focused: document.activeElement,
    scroll: window.scrollY,
  };
  for (const part of others) part.hidden = true;
  mask.hidden = false;
  document.title = mask.dataset.title;
  // The address bar is neutral too, and loading the page again shows the neutral page.
  history.replaceState(null, "", neutralAddress);
  maskedAt = Date.now();
  heading.focus();
}

function showPage() {
  if (locked || !uncovered || Date.now() - maskedAt < NO_RETURN_MS) return;
  const { others, title, address, focused, scroll } = uncovered;
  uncovered = null;
  mask.hidden = true;
  for (const part of others) part.hidden = false;
  document.title = title;
  history.replaceState(null, "", address);
  window.scrollTo({ top: scroll, behavior: "instant" });
  focused?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) return;
  const isSecond = Date.now() - lastEscape < DOUBLE_PRESS_MS;
  lastEscape = isSecond ? 0 : Date.now();
  if (isSecond) uncovered ? showPage() : hidePage();
});

document.querySelector("[data-mask]")?.addEventListener("click", (event) => {
  event.preventDefault();
  hidePage();
});
mask?.querySelector("[data-unmask]").addEventListener("click", showPage);

// ---- Unsaved text ---------------------------------------------------------------------------

let hasUnsavedText = false;

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea, [data-unsaved] *")) hasUnsavedText = true;
});

window.addEventListener("beforeunload", (event) => {
  if (hasUnsavedText) event.preventDefault();
});

// ---- Forms: a second press within two seconds would record a thing twice ---------------------

const SENT_AGAIN_MS = 2000;
const sentAt = new WeakMap();

document.addEventListener("submit", (event) => {
  if (Date.now() - (sentAt.get(event.target) ?? 0) < SENT_AGAIN_MS) {
    event.preventDefault();
    return;
  }
  sentAt.set(event.target, Date.now());
  hasUnsavedText = false;
});

// ---- Locking a page left alone --------------------------------------------------------------

const WARNING_MS = 60_000;
const CHECK_MS = 1000;

function lockAfter(minutes) {
  const warning = document.querySelector("#lock-warning");
  const channel = new BroadcastChannel("vep-activity");
  let activeAt = Date.now();
  let announcedAt = 0;

  const stayOpen = () => {
    activeAt = Date.now();
    warning.textContent = "";
  };
  const onActivity = () => {
    // A laptop opened again after the time has passed: the first key must lock, not prolong.
    if (check()) return;
    stayOpen();
    if (activeAt - announcedAt < CHECK_MS) return;
    announcedAt = activeAt;
    channel.postMessage("active");
  };
  const check = () => {
    if (locked) return true;
    const left = minutes * 60_000 - (Date.now() - activeAt);
    if (left > 0) {
      if (left <= WARNING_MS && !warning.textContent) warning.textContent = warning.dataset.text;
      return false;
    }
    hidePage();
    // If the network is down, the page stays covered all the same.
    locked = true;
    hasUnsavedText = false;
    document.querySelector("#sign-out").submit();
    return true;
  };

  channel.addEventListener("message", stayOpen);
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    document.addEventListener(kind, onActivity, { passive: true });
  }
  document.addEventListener("visibilitychange", check);
  setInterval(check, CHECK_MS);
}

const minutes = Number(document.body.dataset.lockMinutes);
if (minutes > 0 && document.querySelector("#sign-out")) lockAfter(minutes);

// A page that the browser kept must not come back after signing out.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

document.querySelector("[data-focus]")?.focus();
