// Runs before anything is drawn, so that a chosen theme does not flash in the other one first.
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'auto';
// And so that the filters get the room that they take: the days of a custom period are fields of their own.
document.documentElement.dataset.days = String(new URLSearchParams(location.search).has('from'));
