// The picture of the whole lecture: hover, click, drag, keys, zoom.

const startTimeline = () => {
  const roll = find("#timeline"), rolls = find(".rolls"), tip = find("#tip"), hover = find("#hover");
  const percent = (time) => `${(100 * time) / data.duration}%`;
  const timeOf = (event) => {
    const box = roll.getBoundingClientRect();
    return (data.duration * Math.min(Math.max(0, event.clientX - box.left), box.width)) / box.width;
  };

  onMoment((time) => {
    for (const each of all("#head line")) { each.setAttribute("x1", percent(time)); each.setAttribute("x2", percent(time)); }
    find("#head circle").setAttribute("cx", percent(time));
    roll.setAttribute("aria-valuenow", Math.round(time));
    const topic = spanAt(data.topics, time);
    roll.setAttribute("aria-valuetext", topic ? `${clock(time)}, ${topic[2]}` : clock(time));
  });

  const describe = (time) => {
    const slide = slideAt(time), passage = passageAt(time), silence = spanAt(data.silences, time);
    const image = slide < 0 ? null : find(`[data-slide="${slide}"] img`);
    const picture = find("img", tip);
    if (image && picture.src !== image.src) picture.src = image.src;
    picture.hidden = !image;
    const topic = spanAt(data.topics, time)?.[2];
    find(".when", tip).textContent = [clock(time), topic].filter(Boolean).join("  ·  ");
    find(".what", tip).textContent = passage ? `Highlight ${passage[2]}: ${passage[3]}` : "";
    const quiet = silence && `nobody speaks for ${(silence[1] - silence[0]).toFixed(1)} s`;
    find(".more", tip).textContent = [spanAt(data.shots, time)?.[2], quiet].filter(Boolean).join("  ·  ");
    const sentence = placeAt(data.sentences, time);
    find(".said", tip).textContent = sentence < 0 ? "" : sentenceText(sentence);
  };

  const show = (event) => {
    const time = timeOf(event), frame = find(".timeline").getBoundingClientRect();
    describe(time);
    tip.hidden = false;
    const most = frame.width - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(most, event.clientX - frame.left - tip.offsetWidth / 2))}px`;
    hover.setAttribute("x1", percent(time));
    hover.setAttribute("x2", percent(time));
    hover.setAttribute("visibility", "visible");
  };
  const hide = () => { tip.hidden = true; hover.setAttribute("visibility", "hidden"); };

  let isHeld = false;
  roll.addEventListener("pointermove", (event) => {
    show(event);
    if (isHeld) seek(timeOf(event));
  });
  roll.addEventListener("pointerleave", hide);
  roll.addEventListener("pointerdown", (event) => {
    isHeld = event.pointerType === "mouse" && event.button === 0;
    if (isHeld) roll.setPointerCapture(event.pointerId);
  });
  for (const name of ["pointerup", "pointercancel"]) roll.addEventListener(name, () => { isHeld = false; });
  roll.addEventListener("click", (event) => seek(timeOf(event)));

  const steps = { ArrowRight: 5, ArrowUp: 5, ArrowLeft: -5, ArrowDown: -5, PageUp: 60, PageDown: -60 };
  roll.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ends = { Home: 0, End: data.duration };
    if (event.key === " " || event.key === "Enter") toggle();
    else if (event.key in ends) seek(ends[event.key]);
    else if (event.key in steps) seek(Math.min(data.duration, Math.max(0, moment + steps[event.key])));
    else return;
    event.preventDefault();
  });
  const toggle = () => {
    if (!hasRecording) return;
    if (!recording.paused) return recording.pause();
    const isElsewhere = Math.abs(recording.currentTime - moment) > 1; // a clip has played
    if (isElsewhere) seek(moment);
    recording.play().catch(() => {});
  };
  startZoom(roll, rolls);
  keepInView(roll, rolls);
};

// Scroll with the moment, until the reader scrolls: then not before the next seek.
const keepInView = (roll, rolls) => {
  let isKept = true;
  const leave = () => { isKept = false; };
  rolls.addEventListener("wheel", (event) => { if (event.deltaX || event.shiftKey) leave(); }, { passive: true });
  rolls.addEventListener("touchmove", leave, { passive: true });
  rolls.addEventListener("pointerdown", (event) => { if (event.target === rolls) leave(); });
  addEventListener("sought", () => { isKept = true; });
  onMoment((time) => {
    const at = (time / data.duration) * roll.offsetWidth;
    const isOut = at < rolls.scrollLeft || at > rolls.scrollLeft + rolls.clientWidth;
    if (isKept && isOut) rolls.scrollLeft = at - rolls.clientWidth / 2;
  });
};

const startZoom = (roll, rolls) => {
  let zoom = 1;
  const set = (next) => {
    const middle = (rolls.scrollLeft + rolls.clientWidth / 2) / roll.offsetWidth;
    zoom = Math.min(16, Math.max(1, next));
    roll.style.width = `${zoom * 100}%`;
    rolls.scrollLeft = middle * roll.offsetWidth - rolls.clientWidth / 2;
    find("#out").disabled = zoom === 1;
    find("#in").disabled = zoom === 16;
  };
  find("#in").addEventListener("click", () => set(zoom * 2));
  find("#out").addEventListener("click", () => set(zoom / 2));
};

const markHits = (times) => {
  const marks = times.map((time) => {
    const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const facts = { x: `${(100 * time) / data.duration}%`, y: 56, width: 2, height: 6 };
    for (const [name, value] of Object.entries(facts)) mark.setAttribute(name, value);
    return mark;
  });
  find("#hits").replaceChildren(...marks);
};
