const THEMES = ['auto', 'light', 'dark'] as const;
const NAMES = { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };
const SIGNS = { auto: '◐', light: '☀', dark: '☾' };
type Theme = (typeof THEMES)[number];

/** Makes the button switch between the system's theme, light and dark. @param onChange told after each change */
export function themeButton(button: HTMLButtonElement, onChange: () => void): void {
  const { dataset } = document.documentElement;
  const current = (): Theme => THEMES.find((theme) => theme === dataset.theme) ?? 'auto';
  const label = () => {
    button.textContent = SIGNS[current()];
    button.title = NAMES[current()];
    button.setAttribute('aria-label', NAMES[current()]);
  };
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? 'auto';
    dataset.theme = next;
    localStorage.setItem('theme', next);
    label();
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  label();
}

const probe = document.createElement('i');
probe.hidden = true;
document.body.append(probe);

/** A colour of the style sheet as it is in the present theme, for a canvas. @param name such as `--sessions` */
export function color(name: string): string {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
