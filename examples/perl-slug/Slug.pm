package Slug;

use strict;
use warnings;

# Makes a word for an address: lower case, blanks become dashes.
# A text of more than 20 characters is cut to 20.
sub slug {
    my ($text) = @_;
    my $word = lc $text;
    $word =~ s/\s+/-/g;
    if (length($word) > 20) {
        $word = substr($word, 0, 20);
    }
    return $word;
}

# True for a text that is a slug already.
sub is_slug {
    my ($text) = @_;
    return $text eq slug($text) && length($text) > 0;
}

1;
