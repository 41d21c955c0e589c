<?php

declare(strict_types=1);

namespace Apn\AmiClient\Cli;

/** The style of a piece of text on a terminal. */
enum Style: string
{
    case Plain = '';
    case Bold = '1';
    case Dim = '2';
    case Red = '31';
    case Green = '32';
    case Yellow = '33';
    case Cyan = '36';
}
