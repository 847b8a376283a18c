// The published rule that suggests a grade: the same as quizbank/scheduling/suggestion.py,
// which tests compare case by case. 1 Again, 2 Hard, 3 Good, 4 Easy; null where nothing is ticked.
window.proofdeck = window.proofdeck || {};
window.proofdeck.suggest = function suggest(ticks, { confidence = null, hint = false, fast = false } = {}) {
  if (!(ticks.musts || ticks.bonuses || ticks.trap)) return null;
  const share = 100 * ticks.musts;
  if (ticks.trap || share < 50 * ticks.mustsTotal) return 1;
  if (hint || share < 80 * ticks.mustsTotal) return 2;
  const everything = ticks.musts === ticks.mustsTotal && ticks.bonuses === ticks.bonusesTotal;
  return everything && confidence === "high" && fast ? 4 : 3;
};
