"use strict";
// What all parts share: the data, the moment that the page is at, and who wants to know of it.

const data = JSON.parse(document.getElementById("data").textContent);
const find = (query, within = document) => within.querySelector(query);
const all = (query, within = document) => [...within.querySelectorAll(query)];
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

const clock = (time) => {
  const whole = Math.floor(time + 1e-6), two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

// The last of the sorted spans [start, end, ...] that begins at or before `time`; -1 if none does.
const lastBefore = (spans, time) => {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle][0] <= time) low = middle + 1; else high = middle;
  }
  return low - 1;
};

// The place of the span that holds `time`, or -1.
const placeAt = (spans, time) => {
  const at = lastBefore(spans, time);
  return at >= 0 && time < spans[at][1] ? at : -1;
};
const spanAt = (spans, time) => spans[placeAt(spans, time)];

// Passages are listed by rank, and slides may be shown twice: both are looked through.
const passageAt = (time) => data.passages.find(([start, end]) => start <= time && time < end);
const slideAt = (time) => spanAt(data.slides, time)?.[2] ?? -1;

const listeners = [];
const onMoment = (listener) => listeners.push(listener);
let moment = 0;

const tell = (time) => {
  moment = Math.min(Math.max(0, time), data.duration);
  for (const listener of listeners) listener(moment);
};

const recording = find("#recording");
let hasRecording = Boolean(recording);

// Go to `time` in the lecture, whether or not its recording can be played.
const seek = (time, { play = false } = {}) => {
  pauseOthers(recording);
  if (hasRecording) {
    recording.currentTime = Math.min(time, data.duration - 0.05);
    if (play) recording.play().catch(() => {});
  }
  dispatchEvent(new Event("sought"));
  tell(time);
};

const pauseOthers = (chosen) => {
  for (const video of all("video")) if (video !== chosen && !video.paused) video.pause();
};

const showStill = () => {
  hasRecording = false;
  if (recording) recording.hidden = true;
  find("#still").hidden = false;
  find("#no-recording").hidden = false;
  tell(moment);
};

const startRecording = () => {
  const still = find("#still");
  onMoment((time) => {
    if (still.hidden) return;
    const picture = find("img", still), at = slideAt(time);
    const image = at < 0 ? null : find(`[data-slide="${at}"] img`);
    if (image) picture.src = image.src;
    picture.hidden = !image;
    find("strong", still).textContent = clock(time);
    find("span", still).textContent = find(".s.now")?.textContent ?? "";
  });
  if (!recording) return;
  recording.addEventListener("error", showStill);
  if (recording.error) showStill();
  recording.addEventListener("play", () => pauseOthers(recording));
  recording.addEventListener("timeupdate", () => tell(recording.currentTime));
};

// Bring the player in where less than half of it is seen.
const showPlayer = () => {
  const box = find(".screen").getBoundingClientRect();
  const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  if (seen < box.height / 2) find(".theatre").scrollIntoView({ behavior: isStill ? "auto" : "smooth" });
};

const startSeekers = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (!button) return;
    seek(Number(button.dataset.seek), { play: true });
    showPlayer();
  });
};

const startTopics = () => {
  const items = all("[data-topic]");
  onMoment((time) => {
    const at = lastBefore(data.topics, time);
    items.forEach((item, place) => item.classList.toggle("now", place === at));
  });
};

const startNavigation = () => {
  const links = all(".bar a");
  const sections = links.map((link) => find(link.hash)).filter(Boolean);
  const mark = () => {
    const line = innerHeight * 0.35;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    const reached = sections.filter((section) => section.getBoundingClientRect().top <= line);
    const current = atEnd ? sections.at(-1) : reached.at(-1);
    for (const link of links) {
      if (current && link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
};

const nameLanguage = () => {
  const place = find("[data-language]");
  if (!place) return;
  try {
    place.textContent = new Intl.DisplayNames(["en"], { type: "language" }).of(place.dataset.language);
  } catch {
    place.textContent = place.dataset.language;
  }
};
