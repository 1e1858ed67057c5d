const Units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** "3 hours": how long ago, in the largest unit that fits. */
export function age(time, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - new Date(time).getTime()) / 1000));
  const [unit, length] = Units.find(([, length]) => seconds >= length) ?? Units.at(-1);
  const count = Math.floor(seconds / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
