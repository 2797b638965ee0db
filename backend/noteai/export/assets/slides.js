// The gallery, and a slide in large.

const startSlides = () => {
  const items = all("[data-slide]"), dialog = find("#look");
  onMoment((time) => {
    const at = slideAt(time);
    items.forEach((item, place) => item.classList.toggle("now", place === at));
  });
  if (!dialog) return;
  let shown = 0;
  const show = (place) => {
    shown = (place + items.length) % items.length;
    const item = items[shown], said = find("template", item).content.textContent;
    find("img", dialog).src = find("img", item).src;
    find("strong", dialog).textContent = find(".name", item).textContent.trim();
    find("pre", dialog).textContent = said;
    find("details", dialog).hidden = !said.trim();
  };
  items.forEach((item, place) => find(".look", item).addEventListener("click", () => { show(place); dialog.showModal(); }));
  for (const button of all("[data-step]", dialog)) button.addEventListener("click", () => show(shown + Number(button.dataset.step)));
  find("[data-close]", dialog).addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(shown + 1);
    if (event.key === "ArrowLeft") show(shown - 1);
  });
};
