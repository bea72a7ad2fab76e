// What several panels of this dashboard ask with.

export const mine = '$timeFilter AND "account" =~ /^$account$/'
