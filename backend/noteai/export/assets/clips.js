// The cards: one plays at a time, with captions from the page itself.

const startClips = () => {
  const cards = all(".card");
  const captions = find("#captions"); // none where every picture has its captions in it
  const clips = cards.map((card) => data.clips[Number(card.dataset.clip)]);
  const tracks = cards.map((card, n) => startCard(card, clips[n]));
  const setCaptions = () => {
    tracks.forEach((track, n) => { track.mode = captions?.checked && !clips[n].captioned ? "showing" : "hidden"; });
  };
  captions?.addEventListener("change", setCaptions);
  setCaptions();
  startOrder(cards);
};

const startCard = (card, clip) => {
  const video = find("video", card), button = find(".start", card);
  const track = video.addTextTrack("captions", "Captions", data.language === "und" ? "" : data.language);
  for (const [start, end, said] of clip.cues) track.addCue(captionCue(start, end, said));
  video.controls = false;
  button.hidden = false;
  button.addEventListener("click", () => { video.play().catch(() => {}); video.focus(); });
  video.addEventListener("play", () => {
    card.classList.add("playing");
    video.controls = true;
    pauseOthers(video);
  });
  const refuse = () => { find(".broken", card).hidden = false; button.hidden = true; };
  video.addEventListener("error", refuse);
  if (video.error) refuse();
  const isUncut = Math.abs(clip.length - (clip.end - clip.start)) < 0.5;
  if (isUncut) video.addEventListener("timeupdate", () => { if (!video.paused) tell(clip.start + video.currentTime); });
  return track;
};

// A cue's text may hold `<`, which WebVTT gives a meaning.
const captionCue = (start, end, said) =>
  new VTTCue(start, end, said.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"));

const startOrder = (cards) => {
  const order = find("#order"), list = find(".cards");
  order?.addEventListener("change", () => {
    const key = order.value === "time" ? "start" : "clip";
    list.append(...cards.toSorted((a, b) => a.dataset[key] - b.dataset[key]));
  });
};
