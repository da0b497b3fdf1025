/** Whether a host is this machine itself: what listens there, nobody else reaches. @param host without brackets */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
