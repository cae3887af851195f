export interface OrderListRoute {
  readonly Params: { readonly id: string }
  readonly Querystring: { readonly first?: string }
}
