<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/** What workers tell each other during a handover. */
enum MessageType: string
{
    /** Successor to owner: I am to have this server; remember from now on what you deliver. */
    case Prepare = 'prepare';
    /** Owner to successor: I do; log in. */
    case Recording = 'recording';
    /** Successor to owner: I am Ready and hold my events. */
    case Ready = 'ready';
    /** Successor to owner: the server lets nobody in beside you; log off first. */
    case Forbidden = 'forbidden';
    /** Owner to successor: it is yours, and this is what I delivered. */
    case Cut = 'cut';
    /** Either to the other: nothing comes of it, the owner keeps the server. */
    case Abort = 'abort';
}
