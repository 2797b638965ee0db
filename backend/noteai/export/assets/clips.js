// The cards: one plays at a time, with captions from the page itself, as the recording has.

const startClips = () => {
  const cards = all(".card");
  const tracks = cards.map((card) => startCard(card, data.clips[Number(card.dataset.clip)])).filter(Boolean);
  if (recording) tracks.push(captionTrack(recording, data.cues));
  startCaptions(tracks);
  startOrder(cards);
};

const startCaptions = (tracks) => {
  const captions = find("#captions");
  const set = () => {
    for (const track of tracks) track.mode = captions?.checked ?? true ? "showing" : "hidden";
  };
  captions?.addEventListener("change", set);
  set();
};

const captionTrack = (video, cues) => {
  const track = video.addTextTrack("captions", "Captions", data.language === "und" ? "" : data.language);
  for (const [start, end, said] of cues) track.addCue(captionCue(start, end, said));
  return track;
};

const startCard = (card, clip) => {
  const video = find("video", card), button = find(".start", card);
  const track = clip.captioned ? null : captionTrack(video, clip.cues); // else they are in the picture
  video.controls = false;
  button.hidden = false;
  button.addEventListener("click", () => { video.play().catch(() => {}); video.focus(); });
  video.addEventListener("play", () => {
    card.classList.add("playing");
    video.controls = true;
    pauseOthers(video);
  });
  video.addEventListener("ended", () => {
    if (document.fullscreenElement === video) return;
    card.classList.remove("playing");
    video.controls = false;
    if (document.activeElement === video) button.focus();
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
