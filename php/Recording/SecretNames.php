<?php

// Made of src/secret_names.txt by a test of src/secret.rs: change that file, and run the test with UPDATE_EXPECT=1.

declare(strict_types=1);

namespace Apn\AmiClient\Recording;

/**
 * Names whose values are never shown, * allowed.
 *
 * @internal
 */
final class SecretNames
{
    public const array ALL = [
        '*secret*',
        '*password*',
        '*passwd*',
        'key',
        'md5cred',
        'refreshtoken',
        'accesstoken',
        'challenge',
        'receivedchallenge',
        'receivedhash',
        'expectedresponse',
    ];
}
