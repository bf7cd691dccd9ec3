"""Who may come in: tenants, customers, their sites and users."""

from contracts.identity import customer, invitation, password, site, tenant, user

__all__ = ["customer", "invitation", "password", "site", "tenant", "user"]
