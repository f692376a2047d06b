// Runs before the first paint, so that no page flashes in the wrong theme.
(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = () => { try { return localStorage.getItem('heed.theme'); } catch { return null; } };
  const show = () => { document.documentElement.dataset.theme = chosen() ?? (system.matches ? 'dark' : 'light'); };
  system.addEventListener('change', show);
  show();
  window.toggleTheme = () => {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('heed.theme', next); } catch { /* kept for this page only */ }
    document.documentElement.dataset.theme = next;
    return next;
  };
})();
