// Updates a page's live part from the server. Without this script the page is right when it is loaded.
const region = document.querySelector('[data-live]');
const shown = new Map();

const durationSince = (iso) => {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(iso)) / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

const tick = () => {
  for (const element of region.querySelectorAll('[data-since]'))
    element.textContent = durationSince(element.dataset.since);
};

// Row by row: unchanged rows keep the keyboard focus and the reader's position.
const updateItems = (list, fresh) => {
  const items = [...fresh.children];
  for (const gone of [...list.children].slice(items.length)) gone.remove();
  items.forEach((item, index) => {
    const present = list.children[index];
    if (present?.id === item.id && shown.get(item.id) === item.outerHTML) return;
    shown.set(item.id, item.outerHTML);
    if (present) present.replaceWith(item);
    else list.append(item);
  });
};

const update = (markup) => {
  const template = document.createElement('template');
  template.innerHTML = markup;
  const parts = [...template.content.children];
  if (parts.some(({ id }) => !document.getElementById(id))) region.replaceChildren(...parts);
  for (const part of parts) {
    const present = document.getElementById(part.id);
    if (present === part) continue;
    if (part.tagName === 'OL') updateItems(present, part);
    else if (shown.get(part.id) !== part.outerHTML) {
      shown.set(part.id, part.outerHTML);
      present.replaceWith(part);
    }
  }
  tick();
};

// Before the first tick, so that the comparison uses what the server sent and not what the clock has made of it.
for (const element of region.querySelectorAll('[id]')) shown.set(element.id, element.outerHTML);
const source = new EventSource(region.dataset.live);
source.onmessage = ({ data }) => update(data);
source.addEventListener('end', () => source.close());
setInterval(tick, 1000);
tick();
