// The transcript: follows, seeks to the word that is clicked, and is searched.

const text = find("#text");
const sentences = text ? all(".s", text) : [];
const sentenceText = (at) => sentences[at]?.textContent ?? "";
const canPaint = "highlights" in CSS;
const paint = (name, ranges) => { if (canPaint) CSS.highlights.set(name, new Highlight(...ranges)); };

const rangeOf = (at, from, to) => {
  const node = sentences[at].firstChild, range = new Range();
  range.setStart(node, Math.min(from, node.length));
  range.setEnd(node, Math.min(to, node.length));
  return range;
};

// Bring an element into the middle of the panel; what is not laid out yet is measured twice.
const bringIn = (element, again = true) => {
  const box = element.getBoundingClientRect(), frame = text.getBoundingClientRect();
  const off = box.top - frame.top - text.clientHeight * 0.35;
  if (Math.abs(off) > 4) text.scrollTop += off;
  if (again) requestAnimationFrame(() => bringIn(element, false));
};

const startTranscript = () => {
  if (!text) return;
  startFollowing();
  startSearch();
  text.addEventListener("click", (event) => {
    const sentence = event.target.closest(".s");
    if (!sentence || !getSelection().isCollapsed) return;
    seek(wordTime(sentences.indexOf(sentence), event), { play: true });
    showPlayer();
  });
};

// When the word under the pointer starts.
const wordTime = (at, event) => {
  const [start, , words] = data.sentences[at];
  const spot = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const offset = spot ? spot.offset : document.caretRangeFromPoint?.(event.clientX, event.clientY)?.startOffset;
  let time = start;
  for (let n = 0; n < words.length && words[n] <= (offset ?? 0); n += 2) time = words[n + 1];
  return time;
};

const startFollowing = () => {
  const button = find("#follow");
  let isFollowing = true, shown = -1;
  const follow = (wish) => { isFollowing = wish; button.hidden = wish; };
  for (const name of ["wheel", "touchmove"]) text.addEventListener(name, () => follow(false), { passive: true });
  text.addEventListener("keydown", (event) => {
    if (["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"].includes(event.key)) follow(false);
  });
  button.addEventListener("click", () => {
    follow(true);
    if (shown >= 0) bringIn(sentences[shown]);
  });
  onMoment((time) => {
    const at = lastBefore(data.sentences, time);
    if (at !== shown) {
      sentences[shown]?.classList.remove("now");
      sentences[at]?.classList.add("now");
      shown = at;
      if (at >= 0 && isFollowing) bringIn(sentences[at]);
    }
    paint("word", at < 0 ? [] : spoken(at, time));
  });
  addEventListener("found", () => follow(false));
};

// The range of the word that is being said.
const spoken = (at, time) => {
  const [, end, words] = data.sentences[at];
  let n = -1;
  for (let next = 0; next < words.length && words[next + 1] <= time; next += 2) n = next;
  if (n < 0 || time > end + 0.3) return [];
  const content = sentences[at].textContent;
  return [rangeOf(at, words[n], n + 2 < words.length ? words[n + 2] : content.length)];
};

const startSearch = () => {
  const query = find("#query"), said = find("#found"), before = find("#before"), after = find("#after");
  const low = sentences.map((each) => each.textContent.toLocaleLowerCase());
  let hits = [], current = -1;
  const search = () => {
    const wanted = query.value.trim().toLocaleLowerCase();
    hits = wanted ? low.flatMap((line, at) => occurrences(line, wanted, at)) : [];
    paint("found", hits.map((each) => rangeOf(...each)));
    markHits([...new Set(hits.map(([at]) => data.sentences[at][0]))]);
    const next = hits.findIndex(([at]) => data.sentences[at][1] >= moment);
    show(hits.length ? Math.max(0, next) : -1);
    if (wanted && !hits.length) said.textContent = "none";
  };
  const show = (place) => {
    sentences[hits[current]?.[0]]?.classList.remove("match");
    all(".match", text).forEach((each) => each.classList.remove("match"));
    current = place;
    paint("found-now", place < 0 ? [] : [rangeOf(...hits[place])]);
    said.textContent = place < 0 ? "" : `${place + 1} of ${hits.length}`;
    before.disabled = after.disabled = place < 0;
    if (place < 0) return;
    const sentence = sentences[hits[place][0]];
    sentence.classList.add("match");
    dispatchEvent(new Event("found"));
    bringIn(sentence);
  };
  const step = (by) => hits.length && show((current + by + hits.length) % hits.length);
  let waiting = 0;
  query.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { query.value = ""; search(); }
  });
  before.addEventListener("click", () => step(-1));
  after.addEventListener("click", () => step(1));
};

const occurrences = (line, wanted, at) => {
  const found = [];
  for (let from = line.indexOf(wanted); from >= 0; from = line.indexOf(wanted, from + wanted.length)) found.push([at, from, from + wanted.length]);
  return found;
};
