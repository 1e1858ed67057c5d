// What has been seen under which name: a taste lists hidden and followed things by id only.
// Tracks and playlists count in separate number rooms, so the sort is part of the key.
const MostRemembered = 5000;
const titles = new Map();

export function remember(sort, id, title) {
  if (!id || !title) return;
  if (titles.size >= MostRemembered) titles.delete(titles.keys().next().value);
  titles.set(`${sort} ${id}`, title);
}

export const nameOf = (sort, id) => titles.get(`${sort} ${id}`) ?? `${sort} ${id}`;
