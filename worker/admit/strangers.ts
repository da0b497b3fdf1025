/** The platform's rate limiter, a binding of `wrangler.toml`; there is none in workerd by itself. */
export interface Limiter {
  limit(of: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/**
 * Whether the sender of a request that is not authenticated has come too often: by its address, as the platform tells
 * it. Those who have a token are never limited, since what they send would be lost.
 */
export async function comesTooOften(request: Request, limiter: Limiter | undefined): Promise<boolean> {
  if (limiter === undefined) return false;
  try {
    const { success } = await limiter.limit({ key: request.headers.get('cf-connecting-ip') ?? 'unknown' });
    return !success;
  } catch {
    return false;
  }
}
