/** Replaces the sections of the page whose content has changed, each 2 s; says so while the gateway does not answer. */
export const PAGE_SCRIPT = `
const pulse = document.getElementById('pulse');
const refresh = async () => {
  try {
    const answer = await fetch('/sections.json', { signal: AbortSignal.timeout(5000), cache: 'no-store' });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error);
    for (const [id, html] of Object.entries(body)) {
      const section = document.getElementById(id);
      if (section && section.dataset.html !== html) {
        section.innerHTML = html;
        section.dataset.html = html;
      }
    }
    document.body.classList.remove('stale');
    pulse.textContent = 'as of ' + new Date().toLocaleTimeString();
  } catch (error) {
    document.body.classList.add('stale');
    pulse.textContent = 'no answer: ' + error.message + '. What is shown is old';
  }
  setTimeout(refresh, 2000);
};
setTimeout(refresh, 2000);
`;
