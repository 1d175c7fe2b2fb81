/** A cluster with the client that each of its records had. */
export interface MemberNow {
  readonly recordId: string;
  readonly clientId: string | null;
}

/** Which client each cluster is. */
export interface Assignment {
  /** Null: a new client. */
  readonly clientId: string | null;
  readonly recordIds: readonly string[];
  /** Clients whose id now leads to this one. */
  readonly absorbed: readonly string[];
}

/**
 * Gives clusters the ids of the clients that their records had. The larger part keeps its id; a smaller part that joined another client
 * becomes an alias of it, one that was parted gets a new id. At equal size the older id (they sort by time) is kept.
 * @param clusters each record in one cluster
 */
export function assignClients(clusters: readonly (readonly MemberNow[])[]): Assignment[] {
  const claims = clusters.flatMap((members, cluster) => {
    const counts = new Map<string, number>();
    for (const { clientId } of members) if (clientId !== null) counts.set(clientId, (counts.get(clientId) ?? 0) + 1);
    return [...counts].map(([clientId, count]) => ({ cluster, clientId, count }));
  });
  claims.sort((one, other) => other.count - one.count || (one.clientId < other.clientId ? -1 : 1) || one.cluster - other.cluster);
  const clientOf = new Map<number, string>();
  const clusterOf = new Map<string, number>();
  for (const { cluster, clientId } of claims) {
    if (clientOf.has(cluster) || clusterOf.has(clientId)) continue;
    clientOf.set(cluster, clientId);
    clusterOf.set(clientId, cluster);
  }
  const absorbed = new Map<number, string[]>();
  for (const { cluster, clientId } of claims) {
    if (clusterOf.has(clientId)) continue;
    clusterOf.set(clientId, cluster);
    absorbed.set(cluster, [...(absorbed.get(cluster) ?? []), clientId]);
  }
  return clusters.map((members, cluster) => ({
    clientId: clientOf.get(cluster) ?? null,
    recordIds: members.map(({ recordId }) => recordId),
    absorbed: absorbed.get(cluster) ?? [],
  }));
}
