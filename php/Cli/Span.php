<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** A piece of a line and its style. The text may be untrusted; the console makes it printable. */
final readonly class Span
{
    public function __construct(
        public string $text,
        public Style $style = Style::Plain,
    ) {}
}
