"""Who somebody is: accounts, sign-in, second factor, global roles, afdelingen."""
