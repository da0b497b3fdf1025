// Runs before anything is drawn, so that a chosen theme does not flash in the other one first.
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'auto';
